package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"provbox/provd"
)

// extract compares what requests show. Of the requests with both a User-Agent
// and a path only the recorded ones are known to have been tried.
func (c *check) extract() error {
	if err := c.extractHTTP(); err != nil {
		return err
	}
	recorded, err := byName(c.rec.TFTP)
	if err != nil {
		return err
	}
	for _, name := range c.rec.inputs.TFTPFilenames {
		req := provd.Request{Kind: provd.TFTP, IP: "198.51.100.7", Path: name}
		c.request(name, recorded[name], req)
	}
	dhcp := make(map[string]string, len(c.rec.DHCP))
	for _, raw := range c.rec.DHCP {
		var in dhcpInput
		var info map[string]any
		if err := json.Unmarshal(raw, &[]any{&in, &info}); err != nil {
			return err
		}
		dhcp[canonicalJSON(in)] = canonicalJSON(info)
	}
	for _, in := range c.rec.inputs.DHCP {
		req := provd.Request{Kind: provd.DHCP, IP: "198.51.100.7", MAC: in.MAC, Options: make(map[byte][]byte)}
		for code, value := range in.Options {
			n, err := strconv.ParseUint(code, 10, 8)
			if err != nil {
				return err
			}
			req.Options[byte(n)] = latin1(value)
		}
		name := canonicalJSON(in)
		c.request(name, dhcp[name], req)
	}
	return nil
}

// byName reads entries of a name and an info.
func byName(entries []json.RawMessage) (map[string]string, error) {
	recorded := make(map[string]string, len(entries))
	for _, raw := range entries {
		var name string
		var info map[string]any
		if err := json.Unmarshal(raw, &[]any{&name, &info}); err != nil {
			return nil, err
		}
		recorded[name] = canonicalJSON(info)
	}
	return recorded, nil
}

// httpInput is a request by User-Agent, nil for none, and path with query.
type httpInput struct {
	agent    string
	hasAgent bool
	path     string
}

func (c *check) extractHTTP() error {
	recorded := make(map[httpInput]string, len(c.rec.HTTP))
	for _, raw := range c.rec.HTTP {
		var agent *string
		var path string
		var info map[string]any
		if err := json.Unmarshal(raw, &[]any{&agent, &path, &info}); err != nil {
			return err
		}
		recorded[newInput(agent, path)] = canonicalJSON(info)
	}
	tried := maps.Clone(recorded)
	try := func(in httpInput) {
		if _, ok := tried[in]; !ok {
			tried[in] = ""
		}
	}
	for agent := range c.rec.inputs.UserAgents {
		try(newInput(&agent, "/"))
	}
	for _, path := range c.rec.inputs.Paths {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		try(newInput(nil, path))
	}
	for _, q := range c.rec.inputs.Queries {
		try(newInput(q[0], *q[1]))
	}
	for in, want := range tried {
		req := provd.Request{
			Kind: provd.HTTP, IP: "198.51.100.7",
			UserAgent: string(latin1(in.agent)), HasUserAgent: in.hasAgent,
		}
		req.Path, req.Query, _ = strings.Cut(in.path, "?")
		c.request(fmt.Sprintf("%q %s", in.agent, in.path), want, req)
	}
	return nil
}

func newInput(agent *string, path string) httpInput {
	if agent == nil {
		return httpInput{path: path}
	}
	return httpInput{*agent, true, path}
}

// request compares one extraction; want is "" for nothing.
func (c *check) request(name, want string, req provd.Request) {
	info, err := c.plugin.Extract(c.ctx, req)
	got := ""
	switch {
	case err != nil:
		got = canonicalJSON(map[string]string{"__error__": errorText(err)})
	case len(info) > 0:
		got = canonicalJSON(info)
	}
	c.compare(string(req.Kind), name, want, got)
}

// scores compares the association of every input. Only the numbers of those of
// 100 and 200 were recorded.
func (c *check) scores() error {
	c.compare("score", "associates", strconv.FormatBool(len(c.rec.Scores) > 0), strconv.FormatBool(c.plugin.Associates()))
	if !c.plugin.Associates() {
		return nil
	}
	recorded := make(map[[3]string]string)
	counts := make(map[string]int)
	for score, raw := range c.rec.Scores {
		if score == "__counts" {
			if err := json.Unmarshal(raw, &counts); err != nil {
				return err
			}
			continue
		}
		var known [][3]*string
		if err := json.Unmarshal(raw, &known); err != nil {
			return err
		}
		for _, k := range known {
			recorded[phone(k)] = score
		}
	}
	got := make(map[string]int)
	for _, in := range c.rec.inputs.Association {
		info := make(provd.Info)
		for i, key := range []string{"vendor", "model", "version"} {
			if in[i] != nil {
				info[key] = *in[i]
			}
		}
		score, err := c.plugin.Score(c.ctx, info)
		text := strconv.Itoa(score)
		if err != nil {
			text = errorText(err)
		}
		want, ok := recorded[phone(in)]
		if !ok && (text == "100" || text == "200") {
			got[text]++
			continue
		}
		c.compare("score", strings.Join(slices.Collect(parts(in)), ", "), want, text)
	}
	for _, score := range []string{"100", "200"} {
		if counts[score] > 0 {
			c.compare("score", "number of "+score, strconv.Itoa(counts[score]), strconv.Itoa(got[score]))
		}
	}
	return nil
}

// phone makes a comparable key; "\x00" stands for null.
func phone(in [3]*string) (key [3]string) {
	for i, s := range in {
		key[i] = "\x00"
		if s != nil {
			key[i] = *s
		}
	}
	return key
}

func parts(in [3]*string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, s := range in {
			text := "null"
			if s != nil {
				text = *s
			}
			if !yield(text) {
				return
			}
		}
	}
}
