package dhcp

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// fuzzRig is a live server with everything around it. What must hold is
// checked while it runs, by fuzzOracle.
type fuzzRig struct {
	*fuzzOracle
	s       *Server
	rules   *option.Table
	variant byte
	cancel  context.CancelFunc
	done    chan error
	stopped bool

	from, parity int
	repeat       int
	budget       int  // packets that may still come
	removed      bool // eth0 was out of the settings for a while
	panics       bool // packets may have hit a bug
}

func (r *fuzzRig) config() Config {
	c := fuzzStart(r.variant)
	c.Rules = r.rules
	return c
}

// start runs a server on the store as it is now.
func (r *fuzzRig) start() {
	s, err := New(r.config(), Deps{
		Store: r, Reservations: r, Observer: r, Journal: r, Open: r.open, Now: r.now,
		Random: func() uint64 { return 0x30201 }, // asks other servers as 02:70:62:01:02:03
		Log:    slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Tick: func(time.Duration) (<-chan time.Time, func()) {
			ch := make(chan time.Time, 1)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.tickers = append(r.tickers, ch)
			return ch, func() {}
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.t.Context())
	r.s, r.cancel, r.done, r.removed, r.panics, r.stopped = s, cancel, make(chan error, 1), false, false, false
	go func() { r.done <- s.Serve(ctx) }()
	r.settle()
}

// stop ends the server and holds its totals against what it was sent.
func (r *fuzzRig) stop() {
	r.cancel()
	if err := <-r.done; err != nil {
		r.t.Errorf("Serve: %v", err)
	}
	st := r.s.Stats()
	if st.Panics > 0 && !r.panics {
		r.t.Errorf("%d packets made the server panic", st.Panics)
	}
	decided := st.Discover + st.Request + st.Decline + st.Release + st.Inform + st.BOOTP + st.Other
	if known := st.Malformed + st.Limited + st.QueueDropped + decided; st.Received != known && !(r.removed && st.Received > known) {
		r.t.Errorf("packets unaccounted for: %+v", st)
	}
	for _, l := range r.s.Leases() {
		if err := l.Validate(); err != nil {
			r.t.Errorf("lease that cannot be loaded again: %v", err)
		}
	}
	r.settle()
}

// settle waits until nothing moves any more, and looks whether the server's
// tables are within their bounds.
func (r *fuzzRig) settle() {
	synctest.Wait()
	rest := r.calm(r.s.Leases())
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if rest && len(s.probing) > 0 {
		r.t.Errorf("nobody waits for %v", s.probing)
	}
	for _, b := range []struct {
		name     string
		len, max int
	}{
		{"packets", len(s.guard.packets), maxPackets},
		{"declines", len(s.guard.declines), maxDeclines},
		{"probing", len(s.probing), maxProbes},
		{"rogues", len(s.rogues), maxRogues},
		{"seen", len(s.seen), maxSeen},
		{"nonces", len(s.nonces), maxNonces},
		{"forcing", len(s.forcing), maxNonces},
		{"connections", len(s.conns), 2},
		{"asking", len(s.asking) + len(s.checked), 4},
		{"pools", len(s.nearly), 3},
	} {
		if b.len > b.max {
			r.t.Errorf("%s: %d, bound %d", b.name, b.len, b.max)
		}
	}
}

// run does a script to its end.
func (r *fuzzRig) run(data []byte, burst bool) {
	for n := 0; len(data) >= 2 && n < 96; n++ {
		w := binary.BigEndian.Uint16(data)
		data = data[2:]
		if w&0x8000 == 0 {
			size := min(int(w), len(data))
			r.deliver(data[:size])
			data = data[size:]
		} else {
			code, arg := int(w>>8&0x7f)%steps, byte(w)
			switch code {
			case stepPace:
				burst = arg&1 != 0
			case stepServer:
				size := 0
				if len(data) >= 2 {
					size = min(int(binary.BigEndian.Uint16(data)&0x7ff), len(data)-2)
					data = data[2:]
				}
				r.answer(arg, data[:size])
				data = data[size:]
			default:
				r.step(code, arg)
			}
		}
		if !burst {
			r.settle()
		}
	}
}

// deliver hands in a packet as the steps before it say.
func (r *fuzzRig) deliver(b []byte) {
	from := fuzzMetas[r.parity%2]
	r.parity++
	if r.from < len(fuzzMetas) {
		from = fuzzMetas[r.from]
	}
	times := r.repeat + 1
	r.repeat = 0
	r.asked(b)
	for ; times > 0 && r.budget > 0; times-- {
		r.budget--
		if times%256 == 0 {
			synctest.Wait() // more than the queue holds would be dropped
		}
		conn := r.conn(from.name)
		if conn == nil || !conn.Deliver(b, from.meta) {
			return
		}
	}
}

// answer is what another server sends to a client.
func (r *fuzzRig) answer(arg byte, b []byte) {
	if conn := r.conn("eth0"); conn != nil {
		conn.Answer(net.HardwareAddr{2, 0, 0, 9, 9, arg}, netip.AddrFrom4([4]byte{10, 0, 0, arg}), b)
	}
}

// step does what is no packet.
func (r *fuzzRig) step(code int, arg byte) {
	addr := netip.AddrFrom4([4]byte{10, arg >> 6 & 1, 0, 48 + arg%32})
	switch code {
	case stepClock:
		r.pass(fuzzTimes[int(arg)%len(fuzzTimes)])
	case stepTick:
		for range arg%4 + 1 {
			r.tick()
			synctest.Wait()
		}
	case stepStore:
		r.setStore(int(arg) % storeModes)
	case stepSquat:
		r.squat(arg)
	case stepSend:
		r.setSend(arg&1 != 0)
	case stepApply:
		c := fuzzSettings(r.config(), arg)
		n := arg % fuzzChoices
		bad, err := n == 1 || n == 2, r.s.Apply(c)
		if (err != nil) != bad {
			r.t.Errorf("settings %d: %v", n, err)
		}
		r.removed, r.panics = r.removed || n == 7, r.panics || n == 10
	case stepForce:
		r.s.ForceRenew(addr)
	case stepForget:
		r.forget(addr)
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Second)
		defer cancel()
		_ = r.s.Forget(ctx, []netip.Addr{addr}) // a store that fails may say no
	case stepFix:
		r.setFix(arg&0x80 != 0)
		_, _ = r.s.MakeFixed(r.t.Context(), addr) // most have no lease
	case stepSight:
		if conn := r.conn("eth0"); conn != nil {
			conn.Sight([][]byte{phoneMAC, otherMAC, pcMAC}[arg%3], addr)
		}
	case stepLink:
		r.setLink(int(arg) % linkModes)
	case stepHear:
		r.setHear(arg&1 != 0)
	case stepRepeat:
		if r.repeat = int(arg); arg == 255 {
			r.repeat = fuzzPackets
		}
	case stepFrom:
		r.from = int(arg)
	case stepView:
		r.view(arg)
	case stepCrowd:
		if arg >= 0xf0 { // it takes long, so not by every chance
			r.crowd(arg)
		}
	case stepRestart:
		r.stop()
		r.start()
	case stepStop:
		r.cancel()
		r.stopped = true
	case stepSleep:
		time.Sleep(time.Duration(arg%4+1) * 100 * time.Millisecond)
	}
}

// view asks what pages ask.
func (r *fuzzRig) view(arg byte) {
	r.s.Usage()
	r.s.Listening()
	r.s.Rogues()
	r.s.RogueChecked()
	_, err := r.s.Explain(Question{MAC: lease.FormatMAC(phoneMAC), VendorClass: []byte{'s', 'n', 'o', 'm', arg}})
	if err != nil {
		r.t.Error(err)
	}
}

// crowd fills a table as only very many strangers could.
func (r *fuzzRig) crowd(arg byte) {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range maxPackets {
		key := string(binary.BigEndian.AppendUint32([]byte("crowd"), uint32(i)))
		at := netip.AddrFrom4([4]byte{100, 64, byte(i >> 8), byte(i)})
		switch {
		case arg&7 == 0 && len(s.guard.packets) < maxPackets:
			s.guard.packets[key] = 1
		case arg&7 == 1 && len(s.guard.declines) < maxDeclines:
			s.guard.declines[key] = &declines{since: s.deps.Now()}
		case arg&7 == 2 && len(s.nonces) < maxNonces:
			s.nonces[at] = &nonce{client: lease.Client(key), server: lan[0].Addr()}
		case arg&7 == 3 && len(s.seen) < maxSeen:
			s.seen[key] = s.deps.Now()
		case arg&7 == 4 && len(s.rogues) < maxRogues:
			s.rogues = append(s.rogues, Rogue{Interface: "eth0", MAC: key, Last: s.deps.Now()})
		}
	}
}

// recover makes the world well again: then the reserved phone gets its address,
// whatever came before, and new phones get all the others.
func (r *fuzzRig) recover() {
	r.setStore(storeOK)
	r.setSend(false)
	r.setHear(false)
	r.setLink(linkOK)
	r.squat(0)
	if r.stopped {
		r.stop()
		r.start()
	}
	if err := r.s.Apply(r.config()); err != nil {
		r.t.Errorf("the settings of the start: %v", err)
	}
	time.Sleep(time.Second)     // for slow probes
	r.pass(32 * 24 * time.Hour) // longer than anything is remembered
	for range 4 {
		r.settle()
		r.tick()
	}
	r.settle()
	if r.observing {
		return
	}
	conn := r.conn("eth0")
	if conn == nil {
		r.t.Error("not listening on an interface that is well")
		return
	}
	deliver := func(q req) {
		r.asked(q.bytes())
		conn.Deliver(q.bytes(), fuzzMetas[0].meta)
		r.settle()
	}
	deliver(discover(receptionMAC))
	deliver(selecting(receptionMAC, "10.0.0.20"))
	if r.promised[ip("10.0.0.20")].mac != lease.FormatMAC(receptionMAC) {
		r.t.Error("the reserved phone does not get its address any more")
	}
	clear(r.offered)
	for i := range 10 {
		deliver(discover([]byte{0, 0x15, 0x65, 0xee, 0, byte(i)}))
	}
	if len(r.offered) != 10 {
		r.t.Errorf("only %d of 10 addresses can be had: %v", len(r.offered), r.offered)
	}
}

// Test A2: whatever happens to the live server, it keeps its promises and
// keeps serving. "scripts/fuzz.sh cover" prints which statements and blocks of
// the live loop the seeds (scripts) and testdata/fuzz/FuzzServe reach without
// any fuzzing, and fails below 90 %.
func FuzzServe(f *testing.F) {
	for _, s := range scripts() {
		f.Add(s.script, s.state)
	}
	rules, err := option.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, state byte) {
		synctest.Test(t, func(t *testing.T) {
			variant := state / 5 % 8
			r := &fuzzRig{fuzzOracle: newFuzzOracle(t), rules: rules, variant: variant, from: len(fuzzMetas), budget: fuzzPackets}
			r.fill(r.config(), state)
			switch variant {
			case 6:
				r.poison()
			case 7:
				r.refuses = errors.New("no disk")
				s, err := New(r.config(), Deps{Store: r})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Serve(t.Context()); err == nil {
					t.Error("served without knowing the leases")
				}
				return
			}
			r.observing = r.config().Mode == ModeObserve
			r.start()
			r.run(data, state/40%2 == 1)
			r.recover()
			r.stop()
		})
	})
}
