package dhcp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"provbox/dhcp/wire"
)

// arrival is a packet in the queue.
type arrival struct {
	buf  [2048]byte
	n    int
	meta wire.Meta
	conn Conn
	name string
}

var arrivals = sync.Pool{New: func() any { return new(arrival) }}

// lookEvery is how often interfaces are looked at: for their addresses, and
// whether they have come or gone.
const lookEvery = 2 * time.Second

// listenAll keeps one listener per configured interface until ctx ends.
func (s *Server) listenAll(ctx context.Context) {
	type listener struct {
		stop context.CancelFunc
		done chan struct{}
	}
	running := map[string]listener{}
	for {
		set := s.settings()
		for name, l := range running {
			if set.byName[name] == nil {
				l.stop()
				<-l.done
				delete(running, name)
			}
		}
		for name := range set.byName {
			if _, ok := running[name]; !ok {
				lctx, stop := context.WithCancel(ctx)
				l := listener{stop, make(chan struct{})}
				running[name] = l
				go func() {
					defer close(l.done)
					s.listen(lctx, name)
				}()
			}
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			for _, l := range running {
				l.stop()
			}
			for _, l := range running {
				<-l.done
			}
			return
		}
	}
}

// listen opens an interface and reads from it, again and again: an interface
// may appear late, vanish, and come back.
func (s *Server) listen(ctx context.Context, name string) {
	tick, stopTick := s.deps.Tick(lookEvery)
	defer stopTick()
	last := ""
	for ctx.Err() == nil {
		conn, err := s.deps.Open(name)
		if err != nil {
			if msg := err.Error(); msg != last {
				s.log.Warn("dhcp interface cannot be opened; trying again", "interface", name, "err", err)
				last = msg
			}
			select {
			case <-tick:
			case <-ctx.Done():
			}
			continue
		}
		last = ""
		s.log.Info("dhcp listening", "interface", name, "addresses", conn.Addrs())
		s.setConn(name, conn)
		s.keepOwn(conn) // before the first packet
		var reader sync.WaitGroup
		failed := make(chan error, 1)
		reader.Go(func() { failed <- s.read(conn, name) })
		if w, ok := conn.(arpWatcher); ok && s.settings().Mode == ModeObserve {
			s.watch(w, name)
		}
		err = s.look(ctx, name, conn, tick, failed)
		if ctx.Err() == nil {
			s.log.Warn("dhcp interface lost; opening it again", "interface", name, "err", err)
		}
		s.setConn(name, nil)
		if err := conn.Close(); err != nil {
			s.log.Debug("dhcp interface close", "interface", name, "err", err)
		}
		reader.Wait()
		// Not at once: an interface that can be opened but not used must not
		// keep us busy.
		select {
		case <-tick:
		case <-ctx.Done():
		}
	}
}

// look watches a connection until it is of no use.
func (s *Server) look(ctx context.Context, name string, conn Conn, tick <-chan time.Time, failed <-chan error) error {
	k := s.newSeeker(name, conn)
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case <-tick:
			if err := conn.Check(); err != nil {
				return err
			}
			s.keepOwn(conn)
			s.seek(k)
			s.force(name, conn)
			if n%poolsEvery == 0 {
				s.checkPools()
			}
		}
	}
}

// poolsEvery is how many looks at the interface go by between looks at the
// pools.
const poolsEvery = 2

// checkPools tells the journal when a pool becomes nearly full.
func (s *Server) checkPools() {
	now := s.deps.Now()
	for _, u := range s.Usage() {
		full := u.Size > 0 && u.Taken*10 >= u.Size*9
		s.mu.Lock()
		before := s.nearly[u.Prefix]
		s.nearly[u.Prefix] = full
		s.mu.Unlock()
		if full && !before {
			s.events.put(Event{Time: now, Reason: fmt.Sprintf("pool of %s is nearly full: %d of %d addresses in use", u.Prefix, u.Taken, u.Size)})
		}
	}
}

// keepOwn keeps the interface's own addresses from being given out.
func (s *Server) keepOwn(conn Conn) {
	now := s.deps.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blockOwn(conn, now)
}

// blockOwn is keepOwn for who holds the lock.
func (s *Server) blockOwn(conn Conn, now time.Time) {
	for _, a := range conn.Addrs() {
		s.book.Block(a.Addr(), now.Add(time.Minute))
	}
}

func (s *Server) setConn(name string, c Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c == nil {
		delete(s.conns, name)
	} else {
		s.conns[name] = c
	}
}

// read puts packets into the queue, and drops the oldest when it is full:
// its sender has given up waiting first.
func (s *Server) read(conn Conn, name string) error {
	for {
		a := arrivals.Get().(*arrival)
		n, meta, err := conn.Read(a.buf[:])
		if err != nil {
			return err
		}
		s.count.received.Add(1)
		a.n, a.meta, a.conn, a.name = n, meta, conn, name
		for {
			select {
			case s.queue <- a:
			default:
				select {
				case old := <-s.queue:
					s.count.queueDropped.Add(1)
					arrivals.Put(old)
				default:
				}
				continue
			}
			break
		}
	}
}
