package host

import (
	"strconv"

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
	format := "{scheme}://{hostname}:{port}/0.1/directories/" + entry + "/default/" + vendor + "?" +
		prefix + "xivo_user_uuid={user_uuid}" + suffix
	return python.None, setPhonebookURL(t, raw, format)
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
	where, ok, err := phonebook(t, raw)
	if err != nil || !ok {
		return err
	}
	url, err := python.StrFormat(t, format, nil, append(where, python.Keyword{Name: "profile", Value: python.Str("default")}))
	if err != nil {
		return err
	}
	return python.SetItem(t, raw, python.Str("XX_xivo_phonebook_url"), python.Str(url))
}

// phonebook returns the parts of a phonebook URL; false when the config does not
// name the phonebook or the user.
func phonebook(t *python.Thread, raw python.Value) (parts []python.Keyword, ok bool, err error) {
	host, ok, err := truthy(t, raw, "X_xivo_phonebook_ip")
	if err != nil || !ok {
		return nil, false, err
	}
	user, ok, err := truthy(t, raw, "X_xivo_user_uuid")
	if err != nil || !ok {
		return nil, false, err
	}
	scheme, err := get(t, raw, "X_xivo_phonebook_scheme", python.Str("http"))
	if err != nil {
		return nil, false, err
	}
	port, err := get(t, raw, "X_xivo_phonebook_port", python.Int(9498))
	if err != nil {
		return nil, false, err
	}
	return []python.Keyword{
		{Name: "scheme", Value: scheme},
		{Name: "hostname", Value: host},
		{Name: "port", Value: port},
		{Name: "user_uuid", Value: user},
	}, true, nil
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
	where, ok, err := phonebook(t, raw)
	if err != nil || !ok {
		return python.None, err
	}
	name, err := python.ToStr(t, service)
	if err != nil {
		return nil, err
	}
	where = append(where, python.Keyword{Name: "vendor", Value: vendor}, python.Keyword{Name: "service", Value: service})
	for _, action := range []string{"enable", "disable"} {
		url, err := python.StrFormat(t, "{scheme}://{hostname}:{port}/0.1/{vendor}/users/{user_uuid}/services/{service}/{action}", nil,
			append(where[:len(where):len(where)], python.Keyword{Name: "action", Value: python.Str(action)}))
		if err != nil {
			return nil, err
		}
		if err := python.SetItem(t, raw, python.Str("XX_wazo_phoned_user_service_"+name+"_"+action+"d_url"), python.Str(url)); err != nil {
			return nil, err
		}
	}
	return python.None, nil
}
