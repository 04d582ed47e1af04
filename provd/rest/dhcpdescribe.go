package rest

import "provbox/provd/document"

// dhcpDescriptions are those of the routes below /dhcp.
func dhcpDescriptions() map[string]description {
	const subnets, reservations, leases, rules, blocked = dhcpPath + "/subnets", dhcpPath + "/reservations", dhcpPath + "/leases", dhcpPath + "/rules", dhcpPath + "/blocked"
	force, which := []string{"force"}, []string{"subnet"}
	list := []string{"q", "q64", "fields", "skip", "limit", "sort", "sort_ord"}
	all := map[string]description{
		"GET " + dhcpPath:             {summary: "The DHCP server's settings", code: 200, answer: "DHCP"},
		"PUT " + dhcpPath:             {summary: "Replace the DHCP server's settings", query: force, body: "DHCPBody", code: 200, answer: "DHCP"},
		"DELETE " + dhcpPath:          {summary: "Go back to the settings of the file", query: force, code: 200, answer: "DHCP"},
		"GET " + dhcpPath + "/confd":  {summary: "The settings as wazo-confd's /dhcp has them", code: 200, answer: "DHCPConfd"},
		"PUT " + dhcpPath + "/confd":  {summary: "Change the settings that wazo-confd's /dhcp has", query: force, body: "DHCPConfdBody", code: 204},
		"GET " + dhcpPath + "/status": {summary: "How the DHCP server is: addresses in use, other servers, totals", code: 200, answer: "DHCPStatus"},
		"GET " + subnets:              {summary: "The subnets, each with its interface", code: 200, answer: "DHCPSubnets"},
		"POST " + subnets:             {summary: "Add a subnet", query: force, body: "DHCPSubnetBody", code: 201, answer: "ID", location: true},
		"GET " + dhcpSubnet:           {summary: "One subnet", code: 200, answer: "DHCPSubnetBody"},
		"PUT " + dhcpSubnet:           {summary: "Replace a subnet, with its pools and reservations", query: force, body: "DHCPSubnetBody", code: 204},
		"DELETE " + dhcpSubnet:        {summary: "Remove a subnet", code: 204},
		"GET " + reservations:         {summary: "The reservations, each with its subnet", code: 200, answer: "DHCPReservations"},
		"POST " + reservations:        {summary: "Add a reservation", body: "DHCPReservationBody", code: 201, answer: "ID", location: true},
		"GET " + dhcpReservation:      {summary: "A client's reservation, by MAC address or client identifier", query: which, code: 200, answer: "DHCPReservationBody"},
		"PUT " + dhcpReservation:      {summary: "Replace a client's reservation", query: which, body: "DHCPReservationBody", code: 204},
		"DELETE " + dhcpReservation:   {summary: "Remove a client's reservation", query: which, code: 204},
		"GET " + leases:               {summary: "The leases", query: list, code: 200, answer: "DHCPLeases"},
		"GET " + dhcpLease:            {summary: "One lease", code: 200, answer: "DHCPLease"},
		"DELETE " + dhcpLease:         {summary: "Forget a lease", code: 204},
		"POST " + dhcpLease + "/fix":  {summary: "Make a lease a reservation", body: "Anything", code: 200, answer: "DHCPReservationBody"},
		"GET " + rules:                {summary: "The site's vendor rules", code: 200, answer: "DHCPRules"},
		"PUT " + rules:                {summary: "Replace the site's vendor rules", body: "DHCPRules", code: 204},
		"GET " + blocked:              {summary: "The MAC addresses that are never answered", code: 200, answer: "DHCPBlocked"},
		"PUT " + blocked:              {summary: "Replace the MAC addresses that are never answered", body: "DHCPBlocked", code: 204},
		"PUT " + dhcpBlocked:          {summary: "Block a MAC address", body: "Anything", code: 204},
		"DELETE " + dhcpBlocked:       {summary: "Do not block a MAC address any more", code: 204},
	}
	for name, d := range all {
		d.also = []int{400, 403, 404, 412} // 403 is for other tenants than the master
		all[name] = d
	}
	return all
}

// dhcpSchemas are the documents of the routes below /dhcp.
func dhcpSchemas() *document.Object {
	text, flag, number := typed("string"), typed("boolean"), typed("integer")
	settings := doc("type", "object", "description", "The dhcp section of the settings file (docs/dhcp.md).")
	reservation := closed(with(object("ip", text), "mac", text, "client_id", text, "hostname", text, "subnet", text))
	subnet := with(object(), "interface", text, "subnet", text, "pools", listOf(exact("start", text, "end", text)), "router", text, "dns", listOf(text), "ntp", listOf(text),
		"domain", text, "lease_time", text, "serve", doc("enum", []any{"phones", "all"}), "reservations", listOf(typed("object")), "options", typed("object"))
	subnet.Delete("required")
	closed(subnet)
	confd := exact("active", flag, "pool_start", nullable("string"), "pool_end", nullable("string"), "network_interfaces", listOf(text))
	return doc(
		"DHCP", with(exact("dhcp", settings, "stored", flag), "warnings", listOf(text)), "DHCPBody", object("dhcp", settings),
		"DHCPConfd", confd, "DHCPConfdBody", with(object("active", flag), "pool_start", nullable("string"), "pool_end", nullable("string"), "network_interfaces", listOf(text)),
		"DHCPSubnets", exact("subnets", listOf(subnet)), "DHCPSubnetBody", exact("subnet", subnet),
		"DHCPReservations", exact("reservations", listOf(reservation)), "DHCPReservationBody", exact("reservation", reservation),
		"DHCPLeases", exact("leases", listOf(typed("object"))), "DHCPLease", exact("lease", object("id", text, "ip", text, "state", text, "expires", text, "fixed", flag)),
		"DHCPRules", exact("rules", listOf(typed("object"))), "DHCPBlocked", exact("blocked", listOf(text)),
		"DHCPStatus", exact("status", with(object("mode", text, "stored", flag), "listening", typed("object"), "servers", listOf(typed("object")),
			"usage", listOf(object("subnet", text, "size", number, "bound", number, "reserved", number)), "stats", typed("object"))),
	)
}

// dhcpParameters are what requests below /dhcp can say in their query.
func dhcpParameters() *document.Object {
	query := func(name, text string) *document.Object {
		return doc("name", name, "in", "query", "description", text, "schema", typed("string"))
	}
	return doc(
		"force", query("force", "true or True: do not look for other DHCP servers first."),
		"subnet", query("subnet", "The subnet, for a client with reservations in several."),
	)
}

// withDHCP adds them to the others.
func withDHCP(all, more *document.Object) *document.Object {
	all.Merge(more)
	return all
}
