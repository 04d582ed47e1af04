// Package box holds the plain values in which the local page shows the box's DHCP
// rules and asks about them. Everything is text, ready to be shown; who makes the
// values knows the DHCP server, and the page does not.
package box

// Origin says where a rule comes from.
type Origin string

// The origins. A changed rule is the site's own in the place of a built-in one;
// one that is off is built in and left out.
const (
	BuiltIn Origin = "built-in"
	Own     Origin = "own"
	Changed Origin = "changed"
	Off     Origin = "off"
)

// Rule is a vendor rule of the DHCP server.
type Rule struct {
	// Name and Vendor are the rule's names; Vendor may be "".
	Name, Vendor string
	// Match says in words which clients the rule is for.
	Match string
	// Origin says where the rule comes from.
	Origin Origin
	// Phone tells that a client that matches counts as a phone.
	Phone bool
	// Otherwise tells that the rule is only for phones that no class above
	// matches.
	Otherwise bool
	// Sets lists what is sent, with {URI} and the like not filled in. Lost is "".
	Sets []Setting
	// Source is the rule as YAML, as PutRule takes it. Builtin is that of the
	// built-in rule which a changed one is in the place of, else "".
	Source, Builtin string
}

// Setting is an option or a header field that a rule sends.
type Setting struct {
	// What names it, Value shows it.
	What, Value string
	// Lost says why it is not sent after all, "" for one that is.
	Lost string
}

// Question describes a client. All fields may be empty. In the texts \0 is a NUL
// byte, which the vendor classes of some phones end with, \xHH any byte, and \\ a
// backslash.
type Question struct {
	// MAC is the hardware address, in any usual form.
	MAC string
	// VendorClass, UserClass and ClientID are the texts of options 60, 77 and 61.
	VendorClass, UserClass, ClientID string
	// CircuitID and RemoteID are what a relay says in option 82.
	CircuitID, RemoteID string
	// Parameters are the numbers of the options it asks for, like 1,3,66; it asks
	// for all if empty.
	Parameters string
	// Subnet is the client's, like 192.168.77.0/24; the first one if empty.
	Subnet string
}

// Explanation is what a client would be answered, and why.
type Explanation struct {
	// Vendor is the phone's, "" for a client that is none the rules know.
	Vendor string
	// Phone tells that the client counts as a phone.
	Phone bool
	// Answered tells that it would be offered an address, if one is free. Why says
	// how it came to this or what is in the way. Without a subnet there is nothing
	// to answer from, and Why says so.
	Answered bool
	Why      string
	// Subnet and Server are what it was worked out for; Subnet is "" without one.
	Subnet, Server string
	// Reserved is the client's reserved address, "" without one.
	Reserved string
	// Steps is what every rule in force makes of the client, in order.
	Steps []Step
	// Options are those of the offer in its order, or, of a client that is not
	// answered, what the rules come to.
	Options []Option
	// Dropped names the options that do not fit the offer.
	Dropped []string
	// NextServer and Filename are the BOOTP fields, "" if they are not sent.
	NextServer, Filename string
}

// Step is what one rule makes of a client.
type Step struct {
	// Rule and Vendor are the rule's names.
	Rule, Vendor string
	// Fired tells that the rule's options are sent, Near that only its `when` or a
	// rule above kept them back.
	Fired, Near bool
	// Reason says why, in a few words.
	Reason string
	// Sets lists what a rule that fired would send, in its order.
	Sets []Setting
}

// Option is a DHCP option that is sent.
type Option struct {
	// Name is the number, and the name if it has one; Value shows the content.
	Name, Value string
}
