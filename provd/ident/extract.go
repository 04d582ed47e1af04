package ident

import (
	"context"

	"provbox/provd"
)

// extract asks every plugin what the request shows. Per key the value with the
// most votes counts; on a tie the one that a plugin earlier in the list gave.
// The address, and over DHCP the hardware address, come from the protocol
// itself, whatever a plugin says (spec/ident.md section 3).
func (i *Identifier) extract(ctx context.Context, req provd.Request, plugins []Plugin) provd.Info {
	var votes ballot
	for _, p := range plugins {
		info, err := p.Extract(ctx, req)
		if err != nil {
			// The plugin reports it, bounded; a stranger can cause it at will.
			i.log.Debug("plugin could not read a request", "plugin", p.ID(), "kind", req.Kind, "ip", req.IP, "err", err)
			continue
		}
		votes.add(info)
	}
	info := votes.result()
	if req.IP != "" {
		info["ip"] = req.IP
	}
	if req.Kind == provd.DHCP && req.MAC != "" {
		info["mac"] = req.MAC
	}
	return info
}

// ballot counts votes per key in the order in which values were first seen.
type ballot map[string][]candidate

type candidate struct {
	value string
	votes int
}

func (b *ballot) add(info provd.Info) {
	if *b == nil {
		*b = make(ballot)
	}
next:
	for key, value := range info {
		if value == "" {
			continue
		}
		for n := range (*b)[key] {
			if c := &(*b)[key][n]; c.value == value {
				c.votes++
				continue next
			}
		}
		(*b)[key] = append((*b)[key], candidate{value, 1})
	}
}

func (b ballot) result() provd.Info {
	info := make(provd.Info, len(b)+1)
	for key, candidates := range b {
		best := candidates[0]
		for _, c := range candidates[1:] {
			if c.votes > best.votes {
				best = c
			}
		}
		info[key] = best.value
	}
	return info
}

// associate returns the plugin that supports the phone best, "" when none does
// well enough. Among equals the greatest id wins, so that the newest release of
// a family does (spec/ident.md section 6).
func (i *Identifier) associate(ctx context.Context, info provd.Info, plugins []Plugin) (id string) {
	score := Probable
	for _, p := range plugins {
		s, err := p.Score(ctx, info)
		if err != nil {
			i.log.Debug("plugin could not score a phone", "plugin", p.ID(), "ip", info["ip"], "err", err)
			continue
		}
		if s > score || s == score && p.ID() > id {
			id, score = p.ID(), s
		}
	}
	return id
}
