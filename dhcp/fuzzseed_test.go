package dhcp

import (
	"fmt"

	"provbox/dhcp/message"
)

// fuzzScript is an input to start FuzzServe from.
type fuzzScript struct {
	name   string
	state  byte // which records there are (fuzzStates), 5 times fuzzStart, 40 for a burst
	script []byte
}

// chain makes a script of packets and steps.
func chain(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, fuzzChunk(p)...)
	}
	return out
}

// crowdOf are DISCOVERs of different phones, by a relay or on the link.
func crowdOf(n int, giaddr string) []byte {
	var out []byte
	for i := range n {
		out = append(out, chain(req{t: message.Discover, mac: []byte{0, 0x15, 0x65, 0, 7, byte(i)}, giaddr: giaddr})...)
	}
	return out
}

// serverSays is what another server sends.
func serverSays(t message.Type, id, addr string) []byte {
	r := message.Reply{HType: 1, HLen: 6, XID: 7, CHAddr: pcMAC, YIAddr: ip(addr), Type: t, Required: []message.Option{addrOpt(54, id)}, MaxSize: 576}
	b, _ := r.Append(nil)
	return b
}

// scripts are the seeds of FuzzServe: every packet in every state, and what
// can happen to a server, a few words each.
func scripts() []fuzzScript {
	var (
		able = opt(145, 1)
		dora = chain(discover(phoneMAC, able), selecting(phoneMAC, "10.0.0.50", able))
		far  = func(addr string) req {
			return req{t: message.Request, mac: otherMAC, giaddr: "10.1.0.1", opts: []message.Option{addrOpt(50, addr), addrOpt(54, "10.0.0.2"), opt(82, 1, 1, 'p')}}
		}
		refuse = func(addr string) req {
			return req{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(50, addr), addrOpt(54, "10.0.0.2")}}
		}
		gone = req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"}
	)
	// thief asks for the address of another in every way there is.
	thief := chain(discover(otherMAC, addrOpt(50, "10.0.0.50")), selecting(otherMAC, "10.0.0.50"), renewing(otherMAC, "10.0.0.50"),
		req{t: message.Request, mac: otherMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}})
	join := func(parts ...[]byte) []byte {
		var out []byte
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	step := func(code, arg int) []byte { return chain([2]int{code, arg}) }
	out := []fuzzScript{
		{"renew and expire", 0, join(dora, step(stepClock, 4), chain(renewing(phoneMAC, "10.0.0.50")), step(stepClock, 6), chain(discover(otherMAC), selecting(otherMAC, "10.0.0.50")))},
		{"somebody else's", 0, join(dora, thief, step(stepApply, 4), step(stepApply, 0), thief, step(stepRestart, 0), thief, step(stepStore, storeSlow), step(stepClock, 6), thief, chain(discover(phoneMAC)), step(stepStore, storeOK), thief)},
		{"somebody else's, while it is written", 0, join(step(stepStore, storeSlow), dora, thief, step(stepStore, storeOK), thief)},
		{"somebody else's, declined", 0, join(dora, chain(refuse("10.0.0.50")), thief, dora)},
		{"somebody's who could not be told", 0, join(step(stepStore, storeFull), dora, step(stepStore, storeOK), thief)},
		{"store full", 0, join(step(stepStore, storeFull), dora, chain(gone), step(stepForget, 2), step(stepStore, storeOK), dora, chain(gone))},
		{"store panics", 0, join(dora, step(stepStore, storePanic), dora, step(stepForget, 2), step(stepStore, storeOK), dora)},
		{"store slow", 0, join(dora, step(stepStore, storeSlow), chain(discover(otherMAC), selecting(otherMAC, "10.0.0.51"), gone, renewing(phoneMAC, "10.0.0.50"), discover(pcMAC)), step(stepClock, 4), step(stepStore, storeOK), dora)},
		{"store far behind", 0, join(step(stepStore, storeSlow), chain(discover(phoneMAC)), step(stepRepeat, 255), chain(selecting(phoneMAC, "10.0.0.50")), step(stepStore, storeOK), dora)},
		{"store hangs at the stop", 0, join(step(stepStore, storeSlow), dora, step(stepRestart, 0), dora)},
		{"receivers hang", 0, join(dora, step(stepHear, 1), step(stepRepeat, 255), chain(renewing(phoneMAC, "10.0.0.50")), step(stepHear, 0), dora)},
		{"receivers hang at the stop", 0, join(step(stepHear, 1), dora, step(stepRestart, 0))},
		{"somebody is there", 0, join(step(stepSquat, 0x3f), chain(discover(phoneMAC), discover(otherMAC)), step(stepSquat, 0x80|4), chain(discover(otherMAC)), step(stepSleep, 3), chain(discover(otherMAC), discover(otherMAC)), step(stepSleep, 3))},
		{"nobody can be asked", 0, join(step(stepSquat, 0x40), dora)},
		{"many are asked about", 0, join(step(stepSquat, 0x80), crowdOf(10, ""), step(stepFrom, 2), crowdOf(10, "10.1.0.1"), crowdOf(2, ""), step(stepSleep, 3), dora)},
		{"asked about while it is taken", 0, join(step(stepSquat, 0x80|0x3f), dora, step(stepSleep, 3), step(stepClock, 3), step(stepSquat, 0), chain(discover(otherMAC, addrOpt(50, "10.0.0.50")), selecting(otherMAC, "10.0.0.50")))},
		{"forced", 0, join(dora, step(stepForce, 2), step(stepTick, 0), step(stepSend, 1), step(stepForce, 2), step(stepTick, 0), step(stepSend, 0), step(stepApply, 0), step(stepTick, 0))},
		{"forced without a lease", 0, join(dora, step(stepApply, 0), step(stepClock, 6), step(stepTick, 0), step(stepCrowd, 0xf2), dora, step(stepApply, 6), step(stepTick, 1))},
		{"forced past a relay", 4, join(chain(renewing(phoneMAC, "10.1.0.50"), discover(phoneMAC, able, opt(61, 0, 'x')), selecting(phoneMAC, "10.0.0.50", able, opt(61, 0, 'x'))), step(stepForce, 2), step(stepTick, 0))},
		{"send fails", 0, join(step(stepSend, 1), dora, step(stepSend, 0), dora)},
		{"settings", 0, join(dora, step(stepApply, 1), step(stepApply, 2), step(stepApply, 4), chain(renewing(phoneMAC, "10.0.0.50")), step(stepApply, 0), chain(renewing(phoneMAC, "10.0.0.50")), step(stepApply, 11), chain(renewing(phoneMAC, "10.0.0.50"), discover(otherMAC, opt(57, 2, 64))))},
		{"a bug", 0, join(step(stepApply, 10), step(stepFrom, 2), chain(far("10.1.0.50")), step(stepFrom, 0), dora)},
		{"our own question", 0, chain(discover([]byte{2, 'p', 'b', 1, 2, 3}), discover([]byte{2, 'p', 'b', 1, 2, 4}))},
		{"interfaces", 0, join(step(stepApply, 6), step(stepFrom, 4), chain(discover(pcMAC)), step(stepFrom, 0), step(stepApply, 7), dora, step(stepFrom, 4), chain(discover(pcMAC)), step(stepApply, 0), step(stepTick, 1))},
		{"interface out of the settings", 40, join(step(stepApply, 6), dora, step(stepApply, 7), dora, step(stepApply, 0), step(stepTick, 1), dora)},
		{"subnet out of the settings", 4, join(chain(renewing(phoneMAC, "10.1.0.50")), step(stepApply, 5), chain(far("10.1.0.50")), step(stepTick, 0), step(stepApply, 0), step(stepFrom, 2), chain(far("10.1.0.51")))},
		{"reserved for another", 0, join(dora, step(stepApply, 8), chain(renewing(phoneMAC, "10.0.0.50"), discover(phoneMAC), selecting(phoneMAC, "10.0.0.51")))},
		{"limits", 0, join(step(stepApply, 3), dora, chain(discover(otherMAC), discover(pcMAC), discover(phoneMAC, opt(61, 0, 'a')), selecting(phoneMAC, "10.0.0.57", opt(61, 0, 'a')), renewing(phoneMAC, "10.0.0.57")))},
		{"rates", 20, join(crowdOf(1, ""), crowdOf(1, ""), crowdOf(1, ""), crowdOf(1, ""), crowdOf(1, ""), step(stepCrowd, 0xf0), dora, step(stepClock, 0), dora)},
		{"declines", 20, join(dora, chain(refuse("10.0.0.50")), step(stepClock, 0), chain(discover(phoneMAC), selecting(phoneMAC, "10.0.0.51"), refuse("10.0.0.51")), step(stepClock, 0), chain(discover(phoneMAC)), step(stepClock, 3), dora, chain(refuse("10.0.0.50")))},
		{"many decline", 20, join(step(stepCrowd, 0xf1), dora, chain(refuse("10.0.0.50")), step(stepClock, 3), dora, chain(refuse("10.0.0.50")))},
		{"the reserved address is declined", 0, join(chain(discover(receptionMAC), selecting(receptionMAC, "10.0.0.20"), req{t: message.Decline, mac: receptionMAC, opts: []message.Option{addrOpt(50, "10.0.0.20"), addrOpt(54, "10.0.0.2")}}, req{mac: receptionMAC}, discover(receptionMAC)))},
		{"released, declined, expired, forgotten", 3, join(dora, chain(gone), dora, chain(refuse("10.0.0.50")), step(stepClock, 3), dora, step(stepForget, 2), chain(renewing(phoneMAC, "10.0.0.50")), step(stepClock, 7), dora)},
		{"fixed", 0, join(dora, step(stepFix, 0x82), step(stepFix, 2), step(stepFix, 2), step(stepFix, 3), chain(renewing(phoneMAC, "10.0.0.50"), discover(phoneMAC, opt(61, 0, 'b')), selecting(phoneMAC, "10.0.0.50", opt(61, 0, 'b'))), step(stepRestart, 0), step(stepFix, 2))},
		{"fixed for nobody", 3, join(step(stepFix, 2), step(stepFix, 3), dora, step(stepFix, 3), step(stepFix, 2))},
		{"fixed by name", 0, join(chain(discover(phoneMAC, nameOpt), selecting(phoneMAC, "10.0.0.50", nameOpt)), step(stepFix, 2), step(stepClock, 7), chain(renewing(phoneMAC, "10.0.0.50")))},
		{"fixed for a client without an address", 0, join(chain(nameless(message.Discover, ""), nameless(message.Request, "10.0.0.50")), step(stepFix, 2), chain(nameless(message.Request, "10.0.0.50")))},
		{"fixed where there is nothing", 4, join(step(stepApply, 5), step(stepFix, 0x42), step(stepForget, 0x42))},
		{"views", 1, join(dora, step(stepView, '3'), step(stepTick, 1), step(stepView, 0))},
		{"other servers", 0, join(step(stepServer, 9), chain(serverSays(message.Offer, "10.0.0.9", "10.0.0.200")), step(stepServer, 9), chain(serverSays(message.Ack, "10.0.0.9", "10.0.0.201")), step(stepServer, 8), chain(serverSays(message.Nak, "10.0.0.8", "10.0.0.201")),
			step(stepServer, 2), chain(serverSays(message.Offer, "10.0.0.2", "10.0.0.50")), step(stepServer, 3), chain([]byte("noise")), step(stepView, 0), step(stepCrowd, 0xf4), step(stepServer, 7), chain(serverSays(message.Offer, "10.0.0.7", "10.0.0.200")), step(stepClock, 4), step(stepTick, 1))},
		{"ourselves by another interface", 0, join(step(stepApply, 6), step(stepServer, 9), chain(serverSays(message.Offer, "10.5.0.1", "10.5.0.50")))},
		{"cable", 0, join(dora, step(stepLink, linkGone), step(stepTick, 1), step(stepLink, linkOK), step(stepTick, 1), dora, step(stepLink, linkCut), step(stepTick, 0), step(stepLink, linkBare), step(stepTick, 0), dora,
			step(stepLink, linkElse), step(stepTick, 0), dora, step(stepLink, linkTwo), step(stepTick, 0), chain(discover(otherMAC), discover(phoneMAC)))},
		{"cannot be opened", 0, join(step(stepLink, linkNone), step(stepRestart, 0), step(stepTick, 2), step(stepLink, linkOK), step(stepTick, 1), dora)},
		{"cannot be opened at the stop", 0, join(step(stepLink, linkNone), step(stepRestart, 0), step(stepStop, 0), dora)},
		{"cut at the stop", 0, join(step(stepLink, linkCut), step(stepStop, 0), step(stepForget, 2), step(stepApply, 0))},
		{"cannot listen beside DHCP", 0, join(step(stepLink, linkDeaf), step(stepRestart, 0), dora, step(stepRestart, 0))},
		{"nothing to ask with", 0, join(step(stepSend, 1), step(stepClock, 3), step(stepTick, 0))},
		{"stopped in the middle", 40, join(dora, step(stepStop, 0), dora, step(stepRestart, 0), dora)},
		{"queue of one", 50, join(step(stepStore, storeSlow), step(stepRepeat, 3), dora, crowdOf(9, ""), step(stepStore, storeOK), step(stepPace, 0), dora)},
		{"noise", 0, join(chain([]byte("noise"), discover(phoneMAC[:5]), discover([]byte{1, 0, 0, 0, 0, 1}), req{t: message.Discover, opts: []message.Option{opt(61, 0)}}, req{t: message.Discover, htype: 6}), dora)},
		{"no names", 0, chain(req{t: message.Discover, mac: phoneMAC, opts: []message.Option{longID(255), longID(255), longID(255)}})},
		{"observe", 5, join(step(stepSight, 0), step(stepSight, 0), step(stepSight, 2), step(stepCrowd, 0xf3), step(stepSight, 1), dora,
			chain(req{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99"), addrOpt(50, "10.0.0.7"), {Code: 60, Data: []byte("yealink")}}}, renewing(otherMAC, "10.0.0.9"), req{t: message.Inform, mac: pcMAC, ciaddr: "10.0.0.10"}),
			step(stepServer, 9), chain(serverSays(message.Offer, "10.0.0.9", "10.0.0.200")), step(stepTick, 1), step(stepLink, linkDeaf), step(stepRestart, 0))},
		{"observe to the end", 45, join(step(stepSight, 0), step(stepStop, 0), step(stepSight, 1), step(stepServer, 9), chain(serverSays(message.Offer, "10.0.0.9", "10.0.0.200")))},
		{"loopback", 15, join(dora, chain(renewing(phoneMAC, "10.0.0.50"), gone))},
		{"no probing", 25, join(dora, chain(discover(pcMAC), selecting(pcMAC, "10.0.0.51")), step(stepTick, 1))},
		{"poisoned store", 30, join(dora, step(stepRestart, 0), dora)},
		{"unreadable store", 35, nil},
		{"poisoned store that panics", 30, join(step(stepStore, storePanic), step(stepRestart, 0), dora)},
		{"poisoned store that is full", 30, join(step(stepStore, storeFull), step(stepRestart, 0), dora)},
	}
	var all []byte
	for i, s := range seeds() {
		for state := range byte(5) {
			out = append(out, fuzzScript{fmt.Sprintf("packet %d", i), state, chain(s)})
		}
		all = append(all, chain(s)...)
	}
	for state := range byte(10) {
		out = append(out, fuzzScript{"all packets", state%5 + 40*(state/5), all})
	}
	return out
}

var nameOpt = message.Option{Code: message.OptHostname, Data: []byte("reception-2")}

// nameless is a client with an identifier and no hardware address.
func nameless(t message.Type, addr string) req {
	r := req{t: t, htype: 32, opts: []message.Option{opt(61, 0, 'n', 'o'), opt(60, 'y', 'e', 'a', 'l', 'i', 'n', 'k')}}
	if addr != "" {
		r.opts = append(r.opts, addrOpt(50, addr), addrOpt(54, "10.0.0.2"))
	}
	return r
}

func longID(n int) message.Option { return message.Option{Code: 61, Data: make([]byte, n)} }
