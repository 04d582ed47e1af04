package appliance

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"provbox/appliance/settings"
	"provbox/dhcp/option"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/webui/box"
)

// webDHCP shows the DHCP server in the local page. What changes something does it
// as REST would: it is checked as a whole, stored and put to work, and an error
// has changed nothing.
type webDHCP struct{ restDHCP }

// Rules lists the vendor rules in force in their order, and the built-in ones that
// are off where they would be.
func (w webDHCP) Rules() ([]box.Rule, error) {
	table, err := option.Builtin()
	if err != nil {
		return nil, fmt.Errorf("list the rules: %w", err)
	}
	builtin := table.List()
	if d, _ := w.current(); d.Rules.Table != nil {
		table = d.Rules.Table
	}
	sources := make(map[string]string, len(builtin))
	for _, r := range builtin {
		sources[r.Name] = r.Source
	}
	out := []box.Rule{}
	moved := map[string]bool{}
	for _, r := range table.List() {
		origin := box.BuiltIn
		source, known := sources[r.Name]
		switch {
		case r.Own && known:
			origin = box.Changed
			moved[r.Name] = r.Before+r.After != ""
		case r.Own:
			origin = box.Own
		}
		one := webRule(r, origin)
		if origin == box.Changed {
			one.Builtin = source
		}
		out = append(out, one)
	}
	return withOff(out, builtin, moved), nil
}

// withOff puts the built-in rules that are off where they would be: after the one
// before them that is where it was.
func withOff(list []box.Rule, builtin []option.Listed, moved map[string]bool) []box.Rule {
	index := func(name string) int {
		return slices.IndexFunc(list, func(r box.Rule) bool { return r.Name == name })
	}
	at := -1 // after whom the next one comes
	for i, r := range builtin {
		if here := index(r.Name); here >= 0 {
			if !moved[r.Name] {
				at = here
			}
			continue
		}
		place := at + 1
		if at < 0 {
			// None is before it: the site's own are, and then come the built-in ones.
			place = len(list)
			for _, next := range builtin[i+1:] {
				if here := index(next.Name); here >= 0 && !moved[next.Name] {
					place = here
					break
				}
			}
		}
		list = slices.Insert(list, place, webRule(r, box.Off))
		at = place
	}
	return list
}

func webRule(r option.Listed, origin box.Origin) box.Rule {
	return box.Rule{
		Name: r.Name, Vendor: r.Vendor, Match: r.Match, Origin: origin, Phone: r.Phone, Otherwise: r.Otherwise,
		Sets: webSettings(r.Sets), Source: r.Source,
	}
}

func webSettings(list []option.Setting) []box.Setting {
	var out []box.Setting
	for _, s := range list {
		out = append(out, box.Setting(s))
	}
	return out
}

// PutRule stores a rule: source is YAML, one element of dhcp.rules (docs/dhcp.md).
// It takes the place of the site's own rule that is called name, in the list of
// them too, and may have another name; other own rules that are put before or after
// it follow. If name is that of a built-in rule, one that is called the same is used
// in its place, and one with another name is added. "" adds a rule at the end. The
// error's text holds everything that is wrong, a line for each.
func (w webDHCP) PutRule(ctx context.Context, name, source string) error {
	rule, err := settings.ReadRule([]byte(source))
	if err != nil {
		return &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	return w.editRules(ctx, func(list []any, builtin bool) ([]any, error) {
		fresh := member(rule, "name")
		list, at := alone(list, name)
		if at < 0 && name != "" && !builtin {
			return nil, provd.Errorf(provd.NotFound, "there is no rule %q; it may have been deleted or renamed meanwhile", name)
		}
		if fresh != name || at < 0 {
			var taken int
			if list, taken = alone(list, fresh); taken >= 0 && !isOff(list[taken]) {
				return nil, provd.Errorf(provd.Conflict, "there is a rule %q already", fresh)
			} else if taken >= 0 {
				// It was only off, and now another is in its place.
				list = slices.Delete(list, taken, taken+1)
			}
			if _, at = alone(list, name); at >= 0 && isOff(list[at]) {
				at = -1 // a copy of one that is off, which stays off
			}
		}
		if at < 0 {
			return append(list, rule), nil
		}
		list[at] = rule
		if fresh != name && !builtin {
			follow(list, name, fresh)
		}
		return list, nil
	}, name)
}

// DeleteRule deletes the site's own rule. One that was in the place of a built-in
// rule, or says that it is off, makes room for the built-in one again.
func (w webDHCP) DeleteRule(ctx context.Context, name string) error {
	return w.editRules(ctx, func(list []any, builtin bool) ([]any, error) {
		list, at := alone(list, name)
		switch {
		case at < 0 && builtin:
			return nil, provd.Errorf(provd.Conflict, "the rule %q is built in: it can be disabled, but not deleted", name)
		case at < 0:
			return nil, provd.Errorf(provd.NotFound, "there is no rule %q", name)
		}
		return slices.Delete(list, at, at+1), nil
	}, name)
}

// DisableRule leaves a built-in rule out, or the site's own that is in its place.
func (w webDHCP) DisableRule(ctx context.Context, name string) error {
	return w.editRules(ctx, func(list []any, builtin bool) ([]any, error) {
		list, at := alone(list, name)
		off := document.New("name", name, "disabled", true)
		switch {
		case at >= 0 && !builtin:
			return nil, provd.Errorf(provd.Conflict, "the rule %q is not built in: delete it", name)
		case !builtin:
			return nil, provd.Errorf(provd.NotFound, "there is no rule %q", name)
		case at >= 0:
			list[at] = off
			return list, nil
		}
		return append(list, off), nil
	}, name)
}

// editRules changes the site's own rules; edit is told whether name is that of a
// built-in one.
func (w webDHCP) editRules(ctx context.Context, edit func(list []any, builtin bool) ([]any, error), name string) error {
	table, err := option.Builtin()
	if err != nil {
		return fmt.Errorf("change the rules: %w", err)
	}
	builtin := slices.Contains(table.Names(), name)
	_, err = w.Change(ctx, false, func(doc *document.Object) (*document.Object, error) {
		list, err := edit(doc.List("rules"), builtin)
		if err != nil {
			return nil, err
		}
		doc.Set("rules", list)
		return doc, nil
	})
	return err
}

// member is a text of a rule; YAML and JSON may have it as a number, too.
func member(rule *document.Object, key string) string {
	if v, ok := rule.Get(key); ok && v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// isOff tells that an element of the list says that a built-in rule is off.
func isOff(element any) bool {
	rule, _ := element.(*document.Object)
	if rule == nil {
		return false
	}
	off, err := strconv.ParseBool(member(rule, "disabled"))
	return off && err == nil
}

// alone finds an own rule, -1 if there is none. A group of classes that it is one
// of is split, so that the element is the rule and no other; that changes nothing
// about any of them.
func alone(list []any, name string) ([]any, int) {
	for i, e := range list {
		rule, _ := e.(*document.Object)
		if rule == nil || name == "" {
			continue
		}
		if member(rule, "name") == name {
			return list, i
		}
		classes := rule.Object("classes")
		match, ok := classes.Get(name)
		if !ok {
			continue
		}
		before, after := document.New(), document.New()
		into := before
		for k, v := range classes.All() {
			if k == name {
				into = after
				continue
			}
			into.Set(k, v)
		}
		single := rule.Clone()
		single.Delete("classes")
		single.Set("name", name)
		single.Set("match", match)
		var parts []any
		at := i
		if before.Len() > 0 {
			parts = append(parts, with(rule, before))
			at++
		}
		parts = append(parts, single)
		if after.Len() > 0 {
			parts = append(parts, with(rule, after))
		}
		return slices.Replace(list, i, i+1, parts...), at
	}
	return list, -1
}

// with is a group with other classes.
func with(group, classes *document.Object) *document.Object {
	out := group.Clone()
	out.Set("classes", classes)
	return out
}

// follow names a rule anew where others are put before or after it.
func follow(list []any, name, fresh string) {
	for _, e := range list {
		rule, _ := e.(*document.Object)
		if rule == nil {
			continue
		}
		for _, key := range []string{"before", "after"} {
			if member(rule, key) == name {
				rule.Set(key, fresh)
			}
		}
	}
}
