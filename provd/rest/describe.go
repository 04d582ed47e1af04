package rest

// description is what the OpenAPI document says of one route beyond what the route
// itself tells.
type description struct {
	summary string
	// query are the names of shared parameters (parameters in schema.go).
	query []string
	// body is the schema of the request's document.
	body string
	// code is the status of success, and answer the schema of its document: "" for
	// an empty one. location tells that there is a Location.
	code     int
	answer   string
	location bool
	// also are statuses that this route has beside the ones that all of its kind
	// have.
	also []int
}

// Schemas of answers that are not documents of ours.
const (
	yamlAnswer   = "yaml"
	streamAnswer = "stream"
)

// descriptions has one entry for every row of the table, by method and path below
// /0.2. A test fails for a row without one.
func descriptions() map[string]description {
	all := make(map[string]description)
	for _, part := range []map[string]description{
		serviceDescriptions(), deviceDescriptions(), configDescriptions(), pluginDescriptions(), ownDescriptions(), dhcpDescriptions(),
	} {
		for row, d := range part {
			all[row] = d
		}
	}
	return all
}

func serviceDescriptions() map[string]description {
	return map[string]description{
		"GET " + descriptionPath:    {summary: "This description", code: 200, answer: yamlAnswer},
		"HEAD /api":                 {summary: "Where the description is", code: 200},
		"GET ":                      {summary: "Links to the resources", code: 200, answer: "Links"},
		"GET /status":               {summary: "Whether the service works", code: 200, answer: "Status"},
		"GET /configure":            {summary: "All parameters of the service", code: 200, answer: "Params"},
		"GET /configure/{param_id}": {summary: "One parameter; the tenant's own for provisioning_key", code: 200, answer: "Param", also: []int{404}},
		"PUT /configure/{param_id}": {summary: "Set a parameter; null unsets it", body: "Param", code: 204, also: []int{404}},
		"GET /uplink":               {summary: "The tunnel to the centre", code: 200, answer: "Uplink"},
		"GET /cfg_mgr/needed":       {summary: "Which configs wazo-confd expects, and what does not work without them", code: 200, answer: "NeededConfigs"},
		"POST /dev_mgr/dhcpinfo":    {summary: "What an outside DHCP server has seen", body: "DHCPInfo", code: 204},
		"POST /dev_mgr/reconfigure": {summary: "Render a device's files again", body: "ID", code: 204},
		"POST /dev_mgr/synchronize": {summary: "Have a device fetch its files", body: "ID", code: 201, location: true, also: []int{404}},
		"GET /dev_mgr":              {summary: "Links to the resources of devices", code: 200, answer: "Links"},
		"GET /cfg_mgr":              {summary: "Links to the resources of configs", code: 200, answer: "Links"},
		"GET /pg_mgr":               {summary: "Links to the resources of plugins", code: 200, answer: "Links"},
	}
}

func deviceDescriptions() map[string]description {
	list := []string{"q", "q64", "fields", "skip", "limit", "sort", "sort_ord"}
	return map[string]description{
		"GET /dev_mgr/devices":                {summary: "The tenant's devices", query: append(list, "recurse"), code: 200, answer: "Devices", also: []int{400}},
		"POST /dev_mgr/devices":               {summary: "Create a device in the request's tenant", body: "DeviceBody", code: 201, answer: "ID", location: true},
		"GET /dev_mgr/devices/{device_id}":    {summary: "One device", code: 200, answer: "DeviceBody", also: []int{404}},
		"PUT /dev_mgr/devices/{device_id}":    {summary: "Replace a device; a new one goes to the request's tenant", body: "DeviceBody", code: 204, also: []int{404}},
		"DELETE /dev_mgr/devices/{device_id}": {summary: "Remove a device, its files, and its config if transient", code: 204, also: []int{404}},
	}
}

func configDescriptions() map[string]description {
	list := []string{"q", "q64", "fields", "skip", "limit", "sort", "sort_ord"}
	return map[string]description{
		"GET /cfg_mgr/configs":                 {summary: "All configs", query: list, code: 200, answer: "Configs", also: []int{400}},
		"POST /cfg_mgr/configs":                {summary: "Create a config", body: "ConfigBody", code: 201, answer: "ID", location: true},
		"GET /cfg_mgr/configs/{config_id}":     {summary: "One config", code: 200, answer: "ConfigBody", also: []int{404}},
		"PUT /cfg_mgr/configs/{config_id}":     {summary: "Replace a config", body: "ConfigBody", code: 204, also: []int{404}},
		"DELETE /cfg_mgr/configs/{config_id}":  {summary: "Remove a config that is deletable", code: 204, also: []int{403, 404}},
		"GET /cfg_mgr/configs/{config_id}/raw": {summary: "The raw_config over those of the parents and of the service", code: 200, answer: "RawConfigBody", also: []int{404}},
		"POST /cfg_mgr/autocreate":             {summary: "Create a transient config for a phone that nobody has claimed", body: "Anything", code: 201, answer: "ID", location: true},
	}
}

func pluginDescriptions() map[string]description {
	all := map[string]description{
		"GET /pg_mgr/plugins":         {summary: "The loaded plugins", code: 200, answer: "Plugins"},
		"GET " + pluginPath:           {summary: "Links to what a plugin offers", code: 200, answer: "Links"},
		"GET " + pluginPath + "/info": {summary: "A plugin's plugin-info", code: 200, answer: "PluginInfo"},
		"POST /pg_mgr/reload":         {summary: "Load a plugin's package again", body: "ID", code: 204},

		"GET /pg_mgr/install":             {summary: "Links to the resources of packages", code: 200, answer: "Links"},
		"POST /pg_mgr/install/install":    {summary: "Install a plugin", body: "ID", code: 201, location: true},
		"POST /pg_mgr/install/upgrade":    {summary: "Upgrade a plugin", body: "ID", code: 201, location: true},
		"POST /pg_mgr/install/uninstall":  {summary: "Remove a plugin", body: "ID", code: 204},
		"POST /pg_mgr/install/update":     {summary: "Get the list of plugins from the plugin server", body: "Anything", code: 201, location: true},
		"GET /pg_mgr/install/installed":   {summary: "Installed plugins", code: 200, answer: "Packages"},
		"GET /pg_mgr/install/installable": {summary: "Plugins that the plugin server has", code: 200, answer: "Packages"},

		"GET " + pluginPath + "/install":              {summary: "Links to the resources of firmware packages", code: 200, answer: "Links"},
		"POST " + pluginPath + "/install/install":     {summary: "Install a firmware package", body: "ID", code: 201, location: true},
		"POST " + pluginPath + "/install/uninstall":   {summary: "Remove a firmware package", body: "ID", code: 204},
		"GET " + pluginPath + "/install/installed":    {summary: "Installed firmware packages", code: 200, answer: "Packages"},
		"GET " + pluginPath + "/install/installable":  {summary: "Firmware packages", code: 200, answer: "Packages"},
		"GET " + pluginPath + "/install/files":        {summary: "The files that firmware packages need", code: 200, answer: "FirmwareFiles"},
		"PUT " + uploadPath:                           {summary: "Upload a file that cannot be downloaded", body: fileBody, code: 204, also: []int{400, 404}},
		"DELETE " + uploadPath:                        {summary: "Remove an uploaded file", code: 204, also: []int{400, 404}},
		"GET " + pluginPath + "/configure":            {summary: "A plugin's own parameters", code: 200, answer: "Params"},
		"GET " + pluginPath + "/configure/{param_id}": {summary: "One of a plugin's own parameters", code: 200, answer: "Param"},
		"PUT " + pluginPath + "/configure/{param_id}": {summary: "Set one of a plugin's own parameters", body: "Param", code: 204},

		"GET " + templatesPath:                    {summary: "A package's templates, and those of the site", code: 200, answer: "Templates", also: []int{400, 404}},
		"GET " + templatesPath + "/{template}":    {summary: "One template", code: 200, answer: "TemplateBody", also: []int{400, 404}},
		"PUT " + templatesPath + "/{template}":    {summary: "Use a template of the site in its place", body: "TemplateContent", code: 204, also: []int{404}},
		"DELETE " + templatesPath + "/{template}": {summary: "Use the package's template again", code: 204, also: []int{400, 404}},
	}
	read := description{summary: "How far the operation is", code: 200, answer: "Operation"}
	forget := description{summary: "Forget the operation; it goes on", code: 204}
	for _, collection := range []string{"/dev_mgr/synchronize", "/pg_mgr/install/install", "/pg_mgr/install/upgrade", "/pg_mgr/install/update", pluginPath + "/install/install"} {
		all["GET "+collection+"/{oip}"], all["DELETE "+collection+"/{oip}"] = read, forget
	}
	return all
}

// ownDescriptions are those of what wazo-provd does not have.
func ownDescriptions() map[string]description {
	return map[string]description{
		"GET " + devicePath + "/files":           {summary: "The files rendered for a device, passwords included", code: 200, answer: "Files", also: []int{400, 404}},
		"POST " + devicePath + "/preview":        {summary: "The files that a device would have with another config", body: "Preview", code: 200, answer: "Files", also: []int{404}},
		"GET " + devicePath + "/journal":         {summary: "What happened to a device", code: 200, answer: "Events", also: []int{404}},
		"GET " + eventsPath:                      {summary: "What happens to devices, as server-sent events", query: []string{"recurse", "topics", "last_event_id"}, code: 200, answer: streamAnswer, also: []int{400}},
		"GET " + renderingsPath:                  {summary: "The renderings of many devices", code: 200, answer: "Renderings"},
		"GET " + renderingsPath + "/{rendering}": {summary: "One rendering of many devices", code: 200, answer: "RenderingBody", also: []int{404}},
		"POST " + bulkPath:                       {summary: "Change many devices at once", body: "Bulk", code: 201, location: true, also: []int{404}},
		"GET " + bulkPath + "/{bulk}":            {summary: "How far a bulk change is", code: 200, answer: "Operation", also: []int{404}},
		"GET " + bulkPath + "/{bulk}/results":    {summary: "What a bulk change did to each device", code: 200, answer: "BulkResults", also: []int{404}},
		"DELETE " + bulkPath + "/{bulk}":         {summary: "Cancel a bulk change, or forget one that has ended", code: 204, also: []int{404}},
	}
}
