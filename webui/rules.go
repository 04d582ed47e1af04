package webui

import (
	"errors"
	"net/http"
	"strings"

	"provbox/provd"
	"provbox/webui/box"
	"provbox/webui/page"
	"provbox/webui/part"
	"provbox/webui/ruleform"
)

const rulesPath = "/dhcp/rules"

func (s *server) getRules(v *visit) error {
	rules, err := s.Rules.Rules()
	if err != nil {
		return err
	}
	q := v.r.Form
	p := page.Rules{Rules: rules, Asked: box.Question{
		MAC: q.Get("mac"), VendorClass: q.Get("class"), UserClass: q.Get("user"), CircuitID: q.Get("circuit"),
		RemoteID: q.Get("remote"), Parameters: q.Get("asks"), Subnet: q.Get("subnet"),
	}}
	status := http.StatusOK
	if len(q) > 0 {
		answer, err := s.Rules.Explain(p.Asked)
		if err != nil {
			p.Problems, status = problems(err), http.StatusUnprocessableEntity
			for i := range p.Problems {
				p.Problems[i].Question = true
			}
		} else {
			p.Answer = &answer
		}
	}
	return v.show(status, page.RulesPage(v.frame("nav.rules", "rules.title"), p))
}

// problems are the lines of an error.
func problems(err error) (all []part.Problem) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		all = append(all, part.Problem{Text: line})
	}
	return all
}

// rule finds a rule; nil if there is none.
func (s *server) rule(name string) (*box.Rule, error) {
	rules, err := s.Rules.Rules()
	if err != nil {
		return nil, err
	}
	for i := range rules {
		if rules[i].Name == name {
			return &rules[i], nil
		}
	}
	return nil, nil
}

func (s *server) getRule(v *visit) error {
	name := v.r.Form.Get("name")
	p := page.Rule{Was: name, Form: ruleform.Form{Match: ruleform.ClassStarts, Phone: true}}
	if name == "" {
		return v.edit(http.StatusOK, p)
	}
	r, err := s.rule(name)
	if err != nil {
		return err
	}
	if r == nil || r.Origin == box.Off {
		return v.done(rulesPath, "rules.gone", name)
	}
	p.Form, p.Builtin = ruleform.Read(r.Source), r.Origin == box.BuiltIn
	return v.edit(http.StatusOK, p)
}

func (v *visit) edit(status int, p page.Rule) error {
	title := "rule.new"
	if p.Was != "" {
		title = "rule.change"
	}
	return v.show(status, page.RulePage(v.frame("nav.rules", title), p))
}

func (s *server) postRule(v *visit) error {
	p := page.Rule{Was: v.r.PostForm.Get("was")}
	if r, err := s.rule(p.Was); err != nil {
		return err
	} else if r != nil {
		p.Builtin = r.Origin == box.BuiltIn
	}
	form, err := ruleform.Parse(v.r.PostForm)
	p.Form = form
	if err != nil {
		p.Problems = problems(err)
		return v.edit(http.StatusUnprocessableEntity, p)
	}
	source, err := form.YAML()
	if err != nil {
		p.Problems = problems(err)
		return v.edit(http.StatusUnprocessableEntity, p)
	}
	if v.r.PostForm.Get("do") == "source" {
		p.Form.Source = source
		return v.edit(http.StatusOK, p)
	}
	if err := s.Rules.PutRule(v.r.Context(), p.Was, source); err != nil {
		p.Problems = problems(err)
		return v.edit(statusOf(err), p)
	}
	return v.done(rulesPath, "rules.saved", ruleform.Read(source).Name)
}

// statusOf is the status of a form that was refused.
func statusOf(err error) int {
	var e *provd.Error
	if errors.As(err, &e) && e.Code == provd.Unavailable {
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

func (s *server) deleteRule(v *visit) error {
	name := v.r.PostForm.Get("name")
	r, err := s.rule(name)
	switch {
	case err != nil:
		return err
	case r == nil:
		return v.done(rulesPath, "rules.gone", name)
	}
	if err := s.Rules.DeleteRule(v.r.Context(), name); err != nil {
		return v.refused(err)
	}
	if r.Origin == box.Own {
		return v.done(rulesPath, "rules.deleted", name)
	}
	return v.done(rulesPath, "rules.restored", name)
}

func (s *server) disableRule(v *visit) error {
	name := v.r.PostForm.Get("name")
	if err := s.Rules.DisableRule(v.r.Context(), name); err != nil {
		return v.refused(err)
	}
	return v.done(rulesPath, "rules.switched_off", name)
}

// refused shows the rules with what is wrong with a button's request.
func (v *visit) refused(err error) error {
	rules, listing := v.Rules.Rules()
	if listing != nil {
		return errors.Join(err, listing)
	}
	return v.show(statusOf(err), page.RulesPage(v.frame("nav.rules", "rules.title"), page.Rules{Rules: rules, Problems: problems(err)}))
}
