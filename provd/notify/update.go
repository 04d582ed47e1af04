package notify

import "provbox/provd"

// update returns the job as it would be if it were queued now: with the address,
// the port and the account that the phone has by now. Only what the standard rule
// made of the old ones is replaced (spec/wazo-link.md section 3); what a package
// chose itself stays.
func (j Job) update(dev provd.Device) Job {
	ip, user := dev.IP(), dev.String("remote_state_sip_username")
	messages := make([]Message, len(j.Messages))
	for i, m := range j.Messages {
		switch {
		case m.Endpoint != "" && m.Endpoint == j.User && user != "" && user != j.User:
			if m.Endpoint, m.URI = user, ""; provd.AutoprovAccount(user) && ip != "" {
				m.Endpoint, m.URI = "", anonymous+ip
			}
		case m.Endpoint == "" && m.URI == anonymous+j.IP && ip != "":
			m.URI = anonymous + ip
		}
		messages[i] = m
	}
	j.Messages = messages
	if ip != "" {
		j.IP = ip
	}
	if user != "" {
		j.User = user
	}
	if dev.MAC() != "" {
		j.MAC = dev.MAC()
	}
	if dev.Tenant() != "" {
		j.Tenant = dev.Tenant()
	}
	j.Port = port(dev)
	return j
}

// anonymous begins the URI of a phone that is addressed by its IP address.
const anonymous = "sip:anonymous@"
