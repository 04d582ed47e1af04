package rawconfig

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	// The box has no time zone files of its own, and a raw config names zones.
	_ "time/tzdata"

	"provbox/provd/document"
	"provbox/provd/zone"
)

// optional allows null.
func optional(c check) check {
	return func(p *problems, v any) {
		if v != nil {
			c(p, v)
		}
	}
}

// text accepts what pydantic coerces to a string: strings, numbers, booleans.
func text(p *problems, v any) {
	switch v.(type) {
	case nil, []any, *document.Object:
		p.addValue(v, errString)
	}
}

func texts(p *problems, v any) {
	l, ok := v.([]any)
	if !ok {
		p.addValue(v, errList)
		return
	}
	for i, e := range l {
		check(text).at(p, strconv.Itoa(i), e)
	}
}

// isNoDict is the check that only an object passes that was found not to be one.
func isNoDict(p *problems, v any) { p.addValue(v, errDict) }

func integer(p *problems, v any) {
	if _, ok := asInteger(v); !ok {
		p.addValue(v, errInteger)
	}
}

var integerPattern = regexp.MustCompile(`^[+-]?[0-9](_?[0-9])*$`)

// maxDigits bounds an integer's text; Python has the same kind of limit.
const maxDigits = 64

// asInteger is Python's int(v), as decimal text without leading zeros.
func asInteger(v any) (string, bool) {
	var s string
	switch v := v.(type) {
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	case int:
		return fmt.Sprint(v), true
	case json.Number:
		s = string(v)
		if strings.ContainsAny(s, ".eE") {
			f, err := v.Float64()
			if err != nil {
				return "", false
			}
			n, _ := big.NewFloat(f).Int(nil)
			return n.String(), true
		}
	case string:
		s = strings.TrimSpace(v)
	default:
		return "", false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(n, 10), true
	}
	if len(s) > maxDigits || !integerPattern.MatchString(s) {
		return "", false
	}
	n, ok := new(big.Int).SetString(strings.ReplaceAll(s, "_", ""), 10)
	if !ok {
		return "", false
	}
	return n.String(), true
}

func boolean(p *problems, v any) {
	if _, ok := asBool(v); !ok {
		p.addValue(v, errBool)
	}
}

// asBool reads the spellings of yes and no that pydantic knows.
func asBool(v any) (value, ok bool) {
	switch v := v.(type) {
	case string:
		switch strings.ToLower(v) {
		case "1", "on", "t", "true", "y", "yes":
			return true, true
		case "0", "off", "f", "false", "n", "no":
			return false, true
		}
		return false, false
	case bool:
		return v, true
	case json.Number, int:
		return document.Equal(v, true), document.Equal(v, true) || document.Equal(v, false)
	}
	return false, false
}

func oneOf(values []string) check {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = repr(v)
	}
	permitted := strings.Join(quoted, ", ")
	return func(p *problems, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			p.addValue(v, "value is not a valid enumeration member; permitted: "+permitted+" (type=type_error.enum)")
		}
	}
}

func protocol(p *problems, v any) {
	if v != "SIP" && v != "SCCP" {
		p.add("unexpected value; permitted: 'SIP', 'SCCP' (type=value_error.const)")
	}
}

// isLocale reports whether a text begins like one: fr_FR.UTF-8 passes.
func isLocale(s string) bool {
	return len(s) >= 5 && isLower(s[0]) && isLower(s[1]) && s[2] == '_' && isUpper(s[3]) && isUpper(s[4])
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func locale(p *problems, v any) {
	before := p.count
	text(p, v)
	if s, _ := v.(string); p.count == before && !isLocale(s) {
		p.add(`string does not match regex "[a-z]{2}_[A-Z]{2}" (type=value_error.str.regex; pattern=[a-z]{2}_[A-Z]{2})`)
	}
}

// timezone accepts a key of the time zone database, and "" for none.
func timezone(p *problems, v any) {
	before := p.count
	text(p, v)
	if p.count > before {
		return
	}
	s, ok := v.(string)
	if !ok {
		b, _ := document.Encode(v)
		s = string(b)
	}
	if s == "" || knownZone(s) {
		return
	}
	p.add(repr("No time zone found with key "+clip(s)) + " (type=value_error)")
}

var zonePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_+/-]*$`)

func knownZone(name string) bool {
	if zone.Known(name) {
		return true // without a look at the files of the machine
	}
	// "Local" is Go's word for the machine's own zone, not a zone's name.
	if len(name) > maxQuoted || name == "Local" || !zonePattern.MatchString(name) {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}
