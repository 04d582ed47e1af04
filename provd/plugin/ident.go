package plugin

import (
	"context"
	"errors"
	"slices"

	"provbox/provd"
	"provbox/provd/plugin/host"
	"provbox/provd/python"
)

// Extract returns what a request shows of the phone, nil when the package does
// not know such requests. Answers are remembered for the attributes of the
// request that the package read, so most requests do not enter it at all.
func (p *Plugin) Extract(ctx context.Context, req provd.Request) (provd.Info, error) {
	known := p.extractors[req.Kind]
	if known == nil {
		return nil, nil
	}
	if info, ok, err := known.get(&req); ok {
		return info, err
	}
	var info provd.Info
	var room [4]string
	read := room[:0]
	err := p.askFor(ctx, opExtract, req.IP, func(r *run) error {
		extractor, err := python.GetAttr(r.thread, r.object, extractorName(req.Kind))
		if err != nil {
			return err
		}
		kind, err := host.RequestType(r.thread, req.Kind)
		if err != nil {
			return err
		}
		request := host.NewRequest(req, func(attr string) {
			if attr != "" && !slices.Contains(read, attr) {
				read = append(read, attr)
			}
		})
		v, err := python.CallMethod(r.thread, extractor, "extract", request, kind)
		if err != nil {
			return err
		}
		if v, err = host.Await(v); err != nil {
			return err
		}
		info, err = toInfo(r.thread, v)
		return err
	})
	if err != nil {
		// A failure is the package's answer too, unless it was a matter of time. A
		// package that hangs is not asked the same thing twice.
		var limit *python.LimitError
		if _, raised := ExceptionText(err); raised || errors.As(err, &limit) && limit.What != "time" {
			known.put(&req, read, nil, err)
		}
		return nil, err
	}
	known.put(&req, read, info, nil)
	return info, nil
}

// extractorName is the attribute of the plugin object that holds the extractor of
// requests of a kind.
func extractorName(kind provd.Kind) string {
	if kind == provd.HTTP {
		return "http_dev_info_extractor" // the frequent one need not be put together
	}
	return string(kind) + "_dev_info_extractor"
}

// toInfo reads a device info dict. Values that are not text, and keys without a
// value, are left out.
func toInfo(t *python.Thread, v python.Value) (provd.Info, error) {
	if some, err := python.Truth(t, v); err != nil || !some {
		return nil, err
	}
	d, ok := python.Native(v).(*python.Dict)
	if !ok {
		return nil, python.TypeErrorf("an extractor returns a dict, not '%s'", python.TypeName(v))
	}
	info := make(provd.Info, d.Len())
	for key, value := range d.All() {
		k, ok := key.(python.Str)
		if !ok {
			continue
		}
		if s, ok := python.Native(value).(python.Str); ok {
			info[string(k)] = string(s)
		}
	}
	if len(info) == 0 {
		return nil, nil
	}
	return info, nil
}

// Associates reports whether the package takes part in association at all.
func (p *Plugin) Associates() bool { return p.associates }

// Score tells how well the package supports a phone (spec/ident.md section 6),
// 0 when it does not associate at all.
func (p *Plugin) Score(ctx context.Context, info provd.Info) (score int, err error) {
	if !p.associates {
		return host.None, nil
	}
	err = p.askFor(ctx, opAssociate, info["ip"], func(r *run) error {
		associator, err := python.GetAttr(r.thread, r.object, "pg_associator")
		if err != nil {
			return err
		}
		known := python.NewDict(len(info))
		for k, v := range info {
			known.SetStr(k, python.Str(v))
		}
		v, err := python.CallMethod(r.thread, associator, "associate", known)
		if err != nil {
			return err
		}
		n, ok := python.Native(v).(python.Int)
		if !ok {
			return python.TypeErrorf("an associator returns a number, not '%s'", python.TypeName(v))
		}
		score = int(n)
		return nil
	})
	return score, err
}
