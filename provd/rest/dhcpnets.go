package rest

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
)

// listIn returns a list of a document, an empty one if there is none.
func listIn(o *document.Object, name string) []any {
	if all := o.List(name); all != nil {
		return all
	}
	return []any{}
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

// place is where a document is in a list of another.
type place struct {
	in   *document.Object
	name string
	at   int
	doc  *document.Object
	// of is the interface of a subnet, and the subnet of a reservation.
	of *document.Object
}

// remove takes the document out of its list.
func (p place) remove() {
	all := p.in.List(p.name)
	p.in.Set(p.name, append(all[:p.at:p.at], all[p.at+1:]...))
}

// replace puts another document there.
func (p place) replace(doc *document.Object) { p.in.List(p.name)[p.at] = doc }

// each lists the objects of a list; what is none is the validation's business.
func each(of *document.Object, name string) (all []place) {
	for i, v := range of.List(name) {
		if doc, ok := v.(*document.Object); ok {
			all = append(all, place{of, name, i, doc, of})
		}
	}
	return all
}

// subnets are all subnets of the settings.
func subnets(settings *document.Object) (all []place) {
	for _, i := range each(settings, "interfaces") {
		all = append(all, each(i.doc, "subnets")...)
	}
	return all
}

// findSubnet finds a subnet by its prefix.
func findSubnet(settings *document.Object, name string) (place, error) {
	prefix, err := netip.ParsePrefix(name)
	if err != nil {
		return place{}, provd.Errorf(provd.NotFound, "%q is not a subnet such as 192.168.77.0/24", name)
	}
	for _, p := range subnets(settings) {
		if n, err := netip.ParsePrefix(p.doc.String("subnet")); err == nil && n == prefix {
			return p, nil
		}
	}
	return place{}, provd.Errorf(provd.NotFound, "there is no subnet %s", prefix)
}

// shown is a subnet with the name of its interface, or a reservation with its
// subnet.
func (p place) shown(member string, value any) *document.Object {
	doc := document.New(member, value)
	doc.Merge(p.doc)
	return doc
}

func (c *call) listSubnets() error {
	settings, _ := c.dhcpSettings()
	all := []any{}
	for _, p := range subnets(settings) {
		all = append(all, p.shown("interface", p.of.String("name")))
	}
	return c.json(http.StatusOK, "subnets", all)
}

func (c *call) getSubnet() error {
	settings, _ := c.dhcpSettings()
	p, err := findSubnet(settings, c.params["subnet"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "subnet", p.shown("interface", p.of.String("name")))
}

// addSubnet adds a subnet to an interface, which is added when it is not there.
func addSubnet(settings *document.Object, name string, subnet *document.Object) {
	for _, i := range each(settings, "interfaces") {
		if i.doc.String("name") == name {
			i.doc.Set("subnets", append(listIn(i.doc, "subnets"), subnet))
			return
		}
	}
	settings.Set("interfaces", append(listIn(settings, "interfaces"), document.New("name", name, "subnets", []any{subnet})))
}

// subnetBody is the subnet of a body and its interface.
func (c *call) subnetBody() (name string, doc *document.Object, err error) {
	if doc, err = c.object("subnet"); err != nil {
		return "", nil, err
	}
	doc = doc.Clone()
	name = doc.String("interface")
	doc.Delete("interface")
	return name, doc, nil
}

func (c *call) createSubnet() error {
	name, doc, err := c.subnetBody()
	if err != nil {
		return err
	}
	id := doc.String("subnet")
	if name == "" || id == "" {
		return provd.Errorf(provd.Invalid, "subnet: want interface and subnet")
	}
	if err := c.edit(func(settings *document.Object) error {
		if _, err := findSubnet(settings, id); err == nil {
			return provd.Errorf(provd.Conflict, "there is a subnet %s already", id)
		}
		addSubnet(settings, name, doc)
		return nil
	}); err != nil {
		return err
	}
	return c.created("/0.2"+dhcpPath+"/subnets", id)
}

// putSubnet replaces a subnet. Without an interface it stays where it is; without
// reservations it has none any more.
func (c *call) putSubnet() error {
	name, doc, err := c.subnetBody()
	if err != nil {
		return err
	}
	doc.SetDefault("subnet", c.params["subnet"])
	if err := c.edit(func(settings *document.Object) error {
		p, err := findSubnet(settings, c.params["subnet"])
		if err != nil {
			return err
		}
		if name == "" || name == p.of.String("name") {
			p.replace(doc)
			return nil
		}
		p.take(settings)
		addSubnet(settings, name, doc)
		return nil
	}); err != nil {
		return err
	}
	return c.noContent()
}

// take removes a subnet, and its interface when it was the last one there.
func (p place) take(settings *document.Object) {
	p.remove()
	if len(p.in.List("subnets")) > 0 {
		return
	}
	for _, i := range each(settings, "interfaces") {
		if i.doc == p.in {
			i.remove()
			return
		}
	}
}

func (c *call) deleteSubnet() error {
	if err := c.edit(func(settings *document.Object) error {
		p, err := findSubnet(settings, c.params["subnet"])
		if err != nil {
			return err
		}
		p.take(settings)
		if len(settings.List("interfaces")) == 0 && settings.String("mode") == "server" {
			return provd.Errorf(provd.Invalid, "%s is the only subnet: switch the server off instead", c.params["subnet"])
		}
		return nil
	}); err != nil {
		return err
	}
	return c.noContent()
}

// reservations are all reservations of the settings.
func reservations(settings *document.Object) (all []place) {
	for _, n := range subnets(settings) {
		all = append(all, each(n.doc, "reservations")...)
	}
	return all
}

// clientOf is what a reservation is found by: its hardware address, or its client
// identifier.
func clientOf(doc *document.Object) string {
	if mac := doc.String("mac"); mac != "" {
		return normalMAC(mac)
	}
	return strings.ToLower(doc.String("client_id"))
}

func normalMAC(s string) string {
	if hw, err := net.ParseMAC(s); err == nil {
		return hw.String()
	}
	return strings.ToLower(s)
}

func indexMAC(all []any, mac string) int {
	for i, v := range all {
		if s, ok := v.(string); ok && normalMAC(s) == normalMAC(mac) {
			return i
		}
	}
	return -1
}

// findReservations finds a client's reservations: one in each subnet at most.
func findReservations(settings *document.Object, client string) (all []place) {
	for _, p := range reservations(settings) {
		if clientOf(p.doc) == normalMAC(client) {
			all = append(all, p)
		}
	}
	return all
}

func (c *call) listReservations() error {
	settings, _ := c.dhcpSettings()
	all := []any{}
	for _, p := range reservations(settings) {
		all = append(all, p.shown("subnet", p.of.String("subnet")))
	}
	return c.json(http.StatusOK, "reservations", all)
}

// reserved finds the reservation that the path names; a client that has several
// must say which with the parameter subnet.
func (c *call) reserved(settings *document.Object) (place, error) {
	all := findReservations(settings, c.params["client"])
	if want := c.r.URL.Query().Get("subnet"); want != "" {
		kept := all[:0]
		for _, p := range all {
			if p.of.String("subnet") == want {
				kept = append(kept, p)
			}
		}
		all = kept
	}
	switch len(all) {
	case 0:
		return place{}, provd.Errorf(provd.NotFound, "there is no reservation of %s", c.params["client"])
	case 1:
		return all[0], nil
	}
	return place{}, provd.Errorf(provd.Invalid, "%s has reservations in %d subnets: say which with ?subnet=", c.params["client"], len(all))
}

func (c *call) getReservation() error {
	settings, _ := c.dhcpSettings()
	p, err := c.reserved(settings)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "reservation", p.shown("subnet", p.of.String("subnet")))
}

// addReservation adds a reservation to the subnet that has its address, or to the
// one that it names.
func addReservation(settings, doc *document.Object) error {
	name := doc.String("subnet")
	doc.Delete("subnet")
	if name != "" {
		p, err := findSubnet(settings, name)
		if err != nil {
			return provd.Errorf(provd.Invalid, "reservation.subnet: %s", err.Error())
		}
		p.doc.Set("reservations", append(listIn(p.doc, "reservations"), doc))
		return nil
	}
	ip, err := netip.ParseAddr(doc.String("ip"))
	if err != nil {
		return provd.Errorf(provd.Invalid, "reservation.ip: %q is not an IP address", doc.String("ip"))
	}
	for _, p := range subnets(settings) {
		if n, err := netip.ParsePrefix(p.doc.String("subnet")); err == nil && n.Contains(ip) {
			p.doc.Set("reservations", append(listIn(p.doc, "reservations"), doc))
			return nil
		}
	}
	return provd.Errorf(provd.Invalid, "reservation.ip: %s is outside every subnet", ip)
}

func (c *call) createReservation() error {
	doc, err := c.object("reservation")
	if err != nil {
		return err
	}
	if clientOf(doc) == "" {
		return provd.Errorf(provd.Invalid, "reservation: want mac or client_id")
	}
	if err := c.edit(func(settings *document.Object) error { return addReservation(settings, doc.Clone()) }); err != nil {
		return err
	}
	return c.created("/0.2"+dhcpPath+"/reservations", clientOf(doc))
}

func (c *call) putReservation() error {
	doc, err := c.object("reservation")
	if err != nil {
		return err
	}
	if clientOf(doc) == "" {
		return provd.Errorf(provd.Invalid, "reservation: want mac or client_id")
	}
	if err := c.edit(func(settings *document.Object) error {
		p, err := c.reserved(settings)
		if err != nil {
			return err
		}
		p.remove()
		return addReservation(settings, doc.Clone())
	}); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) deleteReservation() error {
	if err := c.edit(func(settings *document.Object) error {
		p, err := c.reserved(settings)
		if err == nil {
			p.remove()
		}
		return err
	}); err != nil {
		return err
	}
	return c.noContent()
}
