package rest

import "provbox/provd/document"

// doc is short for the objects that schemas consist of.
func doc(members ...any) *document.Object { return document.New(members...) }

func typed(t string) *document.Object    { return doc("type", t) }
func nullable(t string) *document.Object { return doc("type", []any{t, "null"}) }
func listOf(of any) *document.Object     { return doc("type", "array", "items", of) }
func mapOf(of any) *document.Object      { return doc("type", "object", "additionalProperties", of) }

func ref(schema string) *document.Object { return doc("$ref", "#/components/schemas/"+schema) }

// exact is an object that has these members and no other.
func exact(members ...any) *document.Object {
	return closed(object(members...))
}

// object is an object that has these members, and others as clients like.
func object(members ...any) *document.Object {
	var required []any
	for i := 0; i < len(members); i += 2 {
		required = append(required, members[i])
	}
	return doc("type", "object", "required", required, "properties", doc(members...))
}

// with adds members that may be missing.
func with(o *document.Object, members ...any) *document.Object {
	o.Object("properties").Merge(doc(members...))
	return o
}

func closed(o *document.Object) *document.Object {
	o.Set("additionalProperties", false)
	return o
}

// statusPattern is the grammar of an operation with the parts of its parts
// (spec/rest.md section 10); an expression cannot count parentheses.
const statusPattern = `^(\w+\|)?(waiting|progress|success|fail)(;\d+(/\d+)?)?(\(.*\))*$`

// schemas are the documents of the API.
func schemas() *document.Object {
	text, flag, number := typed("string"), typed("boolean"), typed("integer")
	textOrNull := nullable("string")
	writable := doc("type", []any{"string", "number", "boolean", "null"}, "description", "A text; what becomes one by being written down is taken, too, and kept as it is.")
	status := doc("type", "string", "pattern", statusPattern)
	device := with(doc("type", "object", "description", "Members of the client are kept as they are.", "properties", doc()),
		"id", textOrNull, "tenant_uuid", textOrNull, "mac", doc("type", []any{"string", "null"}, "pattern", `^([\da-f]{2}:){5}[\da-f]{2}$`),
		"ip", textOrNull, "sn", doc(), "uuid", doc(), "vendor", writable, "model", writable, "version", writable, "plugin", writable, "config", writable,
		"configured", doc("description", "Set by the server alone."), "is_new", doc("description", "Whether it is in the master tenant; set by the server alone."),
		"added", doc(), "description", writable, "options", doc(), "remote_state_sip_username", doc(),
		"X_provbox_error", doc("type", "string", "description", "Why the device has no files."))
	config := with(object("parent_ids", listOf(text), "raw_config", ref("RawConfig")),
		"id", textOrNull, "deletable", doc(), "transient", doc(), "role", textOrNull, "X_type", doc())
	file := with(exact("name", text, "template", textOrNull, "custom", flag, "sensitive", flag, "size", number),
		"content", text, "content_base64", text)
	event := with(exact("id", text, "time", text, "topic", text, "text", text, "attrs", typed("object")),
		"device", text, "mac", text, "ip", text)
	rendering := exact("id", text, "cause", text, "state", text, "devices", number, "done", number, "failed", number)
	template := object("name", text, "custom", flag, "packaged", flag, "changed", flag, "size", number)
	return doc(
		"Anything", doc("description", "Any JSON; it is not looked at."),
		"ID", object("id", text),
		"Links", exact("links", listOf(exact("rel", text, "href", doc("type", "string", "pattern", "^/0\\.2/")))),
		"Status", exact("bus_consumer", exact("status", doc("enum", []any{"ok", "fail"})), "rest_api", doc("const", "ok")),
		"Operation", exact("status", status),
		"Params", exact("params", listOf(exact("id", text, "description", text, "value", doc(), "links", listOf(exact("rel", text, "href", text))))),
		"Param", object("param", object("value", doc("description", "What the parameter takes; null unsets it."))),
		"Device", device, "DeviceBody", object("device", ref("Device")), "Devices", exact("devices", listOf(ref("Device"))),
		"RawConfig", doc("type", "object", "description", "What phones are configured with. Names that are not known begin with X_; numbers may be text."),
		"RawConfigBody", exact("raw_config", ref("RawConfig")),
		"Config", config, "ConfigBody", object("config", ref("Config")),
		"Configs", exact("configs", listOf(doc("type", "object", "description", "A config, or the members that were asked for."))),
		"DHCPInfo", object("dhcp_info", with(object("op", doc("enum", []any{"commit", "expiry", "release"}), "ip", text), "mac", text, "options", listOf(text))),
		"Plugins", with(exact("plugins", mapOf(exact("links", listOf(exact("rel", text, "href", text))))), "X_provbox_failed", mapOf(exact("error", text))),
		"PluginInfo", exact("plugin_info", typed("object")),
		"Packages", exact("pkgs", mapOf(with(object("version", text), "description", text, "dsize", number, "sha1sum", text, "capabilities", typed("object"), "X_provbox_error", text))),
		"FirmwareFiles", exact("files", listOf(object("filename", text))),
		"Templates", exact("templates", listOf(template)), "TemplateBody", exact("template", with(object("content", text), "original", text)),
		"TemplateContent", object("template", object("content", text)),
		"Uplink", exact("uplink", object("state", text, "public_key", text)),
		"NeededConfigs", exact("needed", listOf(exact("id", text, "present", flag, "own", flag, "without", text))),
		"Files", exact("files", listOf(file)), "Preview", with(object("raw_config", ref("RawConfig")), "parent_ids", listOf(text)),
		"Events", exact("events", listOf(event)),
		"Rendering", rendering, "Renderings", exact("renderings", listOf(ref("Rendering"))),
		"RenderingBody", exact("status", status, "rendering", ref("Rendering")),
		"Bulk", closed(with(object("action", text), "selector", typed("object"), "ids", listOf(text), "plugin", text, "synchronize", flag, "recurse", flag)),
		"BulkResults", exact("action", text, "status", status, "reason", text, "results", listOf(with(exact("id", text, "state", text), "reason", text))),
	)
}

// parameters are what lists and streams can be asked for (spec/rest.md section 9).
func parameters() *document.Object {
	query := func(name, schema, text string) *document.Object {
		return doc("name", name, "in", "query", "description", text, "schema", typed(schema))
	}
	return doc(
		"q", query("q", "string", "Selector, a JSON object. What is not JSON is ignored."),
		"q64", query("q64", "string", "Selector in base64; wins over q."),
		"fields", query("fields", "string", "Members wanted beside id, with commas between them; dots lead into objects."),
		"skip", query("skip", "string", "How many to leave out. What is no number is ignored."),
		"limit", query("limit", "string", "How many at most; 0 for all. What is no number is ignored."),
		"sort", query("sort", "string", "Member to sort by, as text."),
		"sort_ord", query("sort_ord", "string", "ASC or DESC; anything else is ASC."),
		"recurse", query("recurse", "string", "true or True for the tenants below, too."),
		"topics", query("topics", "string", "Topics wanted, with commas between them."),
		"last_event_id", query("last_event_id", "string", "Continue after this event."),
	)
}
