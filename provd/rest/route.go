package rest

import (
	"net/http"
	"strings"
)

// route is one row of the table: a method on a path, the ACL it needs, and what
// it does.
type route struct {
	method string
	path   []string // segments; {name} matches any one
	acl    string   // "" is open to everybody
	accept bool     // GET: whether the Accept header is checked
	file   bool     // PUT: the body is a file, which the handler reads
	stream bool     // GET: the answer does not end by itself
	handle func(*call) error
}

// row is a route as the table has it: the path is below /0.2, its segments divided
// by slashes.
type row struct {
	method, path, acl string
	handle            func(*call) error
}

// table is the whole API (spec/rest.md section 4).
func (a *api) table() []route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	rows := []row{
		{get, descriptionPath, "", (*call).describe},
		// The description's folder is there and has nothing to show.
		{http.MethodHead, "/api", "", (*call).empty},

		{get, "", "provd.read", (*call).root},
		{get, "/status", "provd.status.read", (*call).status},

		{get, "/configure", "provd.configure.read", (*call).listParams},
		{get, "/configure/{param_id}", "provd.configure.{tenant_uuid}.{param_id}.read", (*call).getParam},
		{put, "/configure/{param_id}", "provd.configure.{tenant_uuid}.{param_id}.update", (*call).putParam},

		{get, "/dev_mgr", "provd.dev_mgr.read", (*call).devMgr},
		{get, "/dev_mgr/devices", "provd.dev_mgr.devices.read", (*call).listDevices},
		{post, "/dev_mgr/devices", "provd.dev_mgr.devices.create", (*call).createDevice},
		{get, "/dev_mgr/devices/{device_id}", "provd.dev_mgr.devices.{device_id}.read", (*call).getDevice},
		{put, "/dev_mgr/devices/{device_id}", "provd.dev_mgr.devices.{device_id}.update", (*call).putDevice},
		{del, "/dev_mgr/devices/{device_id}", "provd.dev_mgr.devices.{device_id}.delete", (*call).deleteDevice},
		{post, "/dev_mgr/synchronize", "provd.dev_mgr.synchronize.create", (*call).synchronize},
		{get, "/dev_mgr/synchronize/{oip}", "provd.operation.read", (*call).getOperation},
		{del, "/dev_mgr/synchronize/{oip}", "provd.operation.delete", (*call).deleteOperation},
		{post, "/dev_mgr/reconfigure", "provd.dev_mgr.reconfigure.create", (*call).reconfigure},
		{post, "/dev_mgr/dhcpinfo", "provd.dev_mgr.dhcpinfo.create", (*call).dhcpInfo},

		{get, "/cfg_mgr", "provd.cfg_mgr.read", (*call).cfgMgr},
		{get, "/cfg_mgr/configs", "provd.cfg_mgr.configs.read", (*call).listConfigs},
		{post, "/cfg_mgr/configs", "provd.cfg_mgr.configs.create", (*call).createConfig},
		{get, "/cfg_mgr/configs/{config_id}", "provd.cfg_mgr.configs.{config_id}.read", (*call).getConfig},
		{put, "/cfg_mgr/configs/{config_id}", "provd.cfg_mgr.configs.{config_id}.update", (*call).putConfig},
		{del, "/cfg_mgr/configs/{config_id}", "provd.cfg_mgr.configs.{config_id}.delete", (*call).deleteConfig},
		{get, "/cfg_mgr/configs/{config_id}/raw", "provd.cfg_mgr.configs.{config_id}.raw.read", (*call).getRawConfig},
		{post, "/cfg_mgr/autocreate", "provd.cfg_mgr.autocreate.create", (*call).autocreate},

		{get, "/pg_mgr", "provd.pg_mgr.read", (*call).pgMgr},
		{get, "/pg_mgr/plugins", "provd.pg_mgr.plugins.read", (*call).listPlugins},
		{get, "/pg_mgr/plugins/{plugin_id}", "provd.pg_mgr.plugins.{plugin_id}.read", (*call).getPlugin},
		{get, "/pg_mgr/plugins/{plugin_id}/info", "provd.pg_mgr.plugins.{plugin_id}.info.read", (*call).pluginInfo},
		{post, "/pg_mgr/reload", "provd.pg_mgr.reload.create", (*call).reloadPlugin},
	}
	if a.cfg.Uplink != nil {
		rows = append(rows, row{get, "/uplink", "provd.uplink.read", (*call).uplink})
	}
	if a.cfg.Installer != nil {
		rows = append(rows, installRows()...)
	}
	if a.cfg.Services != nil {
		rows = append(rows, serviceRows()...)
	}
	if a.cfg.Templates != nil {
		rows = append(rows, templateRows()...)
	}
	if a.cfg.Own != nil {
		rows = append(rows, ownRows()...)
	}
	if a.cfg.DHCP != nil {
		rows = append(rows, dhcpRows()...)
	}
	routes := make([]route, len(rows))
	for i, r := range rows {
		stream := r.path == eventsPath
		routes[i] = route{r.method, strings.Split("0.2"+r.path, "/"), r.acl, r.path != "/status" && r.path != descriptionPath && !stream, r.path == uploadPath, stream, r.handle}
	}
	return routes
}

// matches reports whether the path is the route's, and what its {names} are.
func (r *route) matches(segments []string) (params map[string]string, ok bool) {
	if len(segments) != len(r.path) {
		return nil, false
	}
	params = make(map[string]string)
	for i, want := range r.path {
		if strings.HasPrefix(want, "{") {
			params[strings.Trim(want, "{}")] = segments[i]
		} else if want != segments[i] {
			return nil, false
		}
	}
	return params, true
}
