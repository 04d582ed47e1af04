package host

import (
	"strconv"
	"strings"

	"provbox/provd/python"
)

func itoa(n int) string { return strconv.Itoa(n) }

// phonebookModule is wazo_provd.phonebook.
func phonebookModule() module {
	return module{
		"add_xivo_phonebook_url":             function("add_xivo_phonebook_url", addPhonebookURL),
		"add_xivo_phonebook_url_from_format": function("add_xivo_phonebook_url_from_format", addPhonebookURLFromFormat),
	}
}

// phonedModule is wazo_provd.phoned_users.
func phonedModule() module {
	return module{"add_wazo_phoned_user_service_url": function("add_wazo_phoned_user_service_url", addServiceURL)}
}

var (
	keyPhonebookIP     = python.NewKey("X_xivo_phonebook_ip")
	keyPhonebookPort   = python.NewKey("X_xivo_phonebook_port")
	keyPhonebookScheme = python.NewKey("X_xivo_phonebook_scheme")
	keyUserUUID        = python.NewKey("X_xivo_user_uuid")
	keyPhonebookURL    = python.Value(python.Str("XX_xivo_phonebook_url"))

	defaultScheme = python.Value(python.Str("http"))
	defaultPort   = python.NewInt(9498)
)

// phonebook are the parts of a phonebook URL.
type phonebook struct{ scheme, host, port, user python.Value }

// phonebookOf reads the parts; false when the config does not name the phonebook
// or the user.
func phonebookOf(t *python.Thread, raw python.Value) (b phonebook, ok bool, err error) {
	if b.host, ok, err = truthy(t, raw, keyPhonebookIP); err != nil || !ok {
		return b, false, err
	}
	if b.user, ok, err = truthy(t, raw, keyUserUUID); err != nil || !ok {
		return b, false, err
	}
	if b.scheme, err = get(t, raw, keyPhonebookScheme, defaultScheme); err != nil {
		return b, false, err
	}
	b.port, err = get(t, raw, keyPhonebookPort, defaultPort)
	return b, err == nil, err
}

// addPhonebookURL sets XX_xivo_phonebook_url (spec/plugins.md section 11).
func addPhonebookURL(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var raw python.Value
	var vendor, prefix, suffix string
	entry := "input"
	err := python.Unpack("add_xivo_phonebook_url", args, kwargs,
		"raw_config", &raw, "vendor", &vendor, "entry_point?", &entry, "qs_prefix?", &prefix, "qs_suffix?", &suffix)
	if err != nil {
		return nil, err
	}
	if prefix != "" {
		prefix += "&"
	}
	if suffix != "" {
		suffix = "&" + suffix
	}
	before := "/0.1/directories/" + entry + "/default/" + vendor + "?" + prefix + "xivo_user_uuid="
	if strings.ContainsAny(before, "{}") || strings.ContainsAny(suffix, "{}") {
		// What the package adds may name parts of its own.
		return python.None, setPhonebookURL(t, raw, "{scheme}://{hostname}:{port}"+before+"{user_uuid}"+suffix)
	}
	b, ok, err := phonebookOf(t, raw)
	if err != nil || !ok {
		return python.None, err
	}
	url, err := formatted(t, b.scheme, python.Str("://"), b.host, python.Str(":"), b.port, python.Str(before), b.user, python.Str(suffix))
	if err != nil {
		return nil, err
	}
	return python.None, python.SetItem(t, raw, keyPhonebookURL, url)
}

// formatted is what str.format makes of parts that follow one another.
func formatted(t *python.Thread, parts ...python.Value) (python.Value, error) {
	var room [16]string
	texts := room[:0]
	size := 0
	for _, p := range parts {
		s, err := python.Format(t, p, "")
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
		size += len(s)
	}
	if err := t.Alloc(int64(size)); err != nil {
		return nil, err
	}
	return python.Str(strings.Join(texts, "")), nil
}

func addPhonebookURLFromFormat(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var raw python.Value
	var format string
	if err := python.Unpack("add_xivo_phonebook_url_from_format", args, kwargs, "raw_config", &raw, "url_format", &format); err != nil {
		return nil, err
	}
	return python.None, setPhonebookURL(t, raw, format)
}

func setPhonebookURL(t *python.Thread, raw python.Value, format string) error {
	b, ok, err := phonebookOf(t, raw)
	if err != nil || !ok {
		return err
	}
	url, err := python.StrFormat(t, format, nil, []python.Keyword{
		{Name: "scheme", Value: b.scheme},
		{Name: "hostname", Value: b.host},
		{Name: "port", Value: b.port},
		{Name: "user_uuid", Value: b.user},
		{Name: "profile", Value: python.Str("default")},
	})
	if err != nil {
		return err
	}
	return python.SetItem(t, raw, keyPhonebookURL, python.Str(url))
}

// addServiceURL sets the two URLs that switch a user's service on and off
// (spec/plugins.md section 11).
func addServiceURL(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var raw, vendor, service python.Value
	err := python.Unpack("add_wazo_phoned_user_service_url", args, kwargs,
		"raw_config", &raw, "vendor", &vendor, "service_name", &service)
	if err != nil {
		return nil, err
	}
	b, ok, err := phonebookOf(t, raw)
	if err != nil || !ok {
		return python.None, err
	}
	name, err := python.ToStr(t, service)
	if err != nil {
		return nil, err
	}
	for _, action := range [...]python.Str{"enable", "disable"} {
		url, err := formatted(t, b.scheme, python.Str("://"), b.host, python.Str(":"), b.port, python.Str("/0.1/"), vendor,
			python.Str("/users/"), b.user, python.Str("/services/"), service, python.Str("/"), action)
		if err != nil {
			return nil, err
		}
		if err := python.SetItem(t, raw, python.Str("XX_wazo_phoned_user_service_"+name+"_"+string(action)+"d_url"), url); err != nil {
			return nil, err
		}
	}
	return python.None, nil
}
