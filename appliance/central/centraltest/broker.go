package centraltest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Broker is a stand-in for RabbitMQ: enough of AMQP 0-9-1 for a consumer of a
// headers exchange and for a publisher. Close it.
type Broker struct {
	// Username and Password are what it lets in.
	Username, Password string

	listener net.Listener
	wait     sync.WaitGroup

	mu        sync.Mutex
	away      bool
	silent    bool
	exchanges map[string]string // type by name
	queues    map[string]*queue
	conns     map[*brokerConn]bool
	consumers chan struct{} // closed at the next consume
}

type message struct {
	headers  map[string]string
	exchange string
	body     []byte
}

type queue struct {
	name       string
	autoDelete bool
	bindings   []binding
	consumer   *brokerConn
	channel    uint16
	tag        string
	next       uint64 // delivery tag
}

type binding struct {
	exchange string
	args     map[string]string
}

// NewBroker starts a broker on a port of the loopback interface.
func NewBroker() (*Broker, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &Broker{
		Username: "guest", Password: "guest", listener: l,
		exchanges: make(map[string]string), queues: make(map[string]*queue),
		conns: make(map[*brokerConn]bool), consumers: make(chan struct{}),
	}
	b.wait.Go(b.accept)
	return b, nil
}

// Port returns the port that the broker listens on.
func (b *Broker) Port() int { return b.listener.Addr().(*net.TCPAddr).Port }

// Close ends the broker and all its connections.
func (b *Broker) Close() error {
	err := b.listener.Close()
	b.Drop()
	b.wait.Wait()
	return err
}

// SetAway makes the broker close every new connection at once.
func (b *Broker) SetAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

// SetSilent makes the broker take connections and never say anything.
func (b *Broker) SetSilent(silent bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.silent = silent
}

// Drop cuts all connections, as a broker does that is restarted: queues that
// delete themselves are gone.
func (b *Broker) Drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.conns {
		_ = c.Close()
	}
}

// Consuming returns a channel that is closed when the next consumer is there.
func (b *Broker) Consuming() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.consumers
}

// Queues returns the names of the queues and the arguments they are bound with.
func (b *Broker) Queues() map[string][]map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make(map[string][]map[string]string)
	for name, q := range b.queues {
		for _, bind := range q.bindings {
			out[name] = append(out[name], bind.args)
		}
	}
	return out
}

// Publish hands a message to the queues whose bindings match its headers, and
// returns how many those were.
func (b *Broker) Publish(exchange string, headers map[string]string, body []byte) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.route(message{headers, exchange, body})
}

func (b *Broker) route(m message) (n int) {
	for _, q := range b.queues {
		if !q.wants(m) || q.consumer == nil {
			continue
		}
		n++
		q.next++
		deliver := args{}.shortstr(q.tag).longlong(q.next).octet(0).shortstr(m.exchange).shortstr("")
		q.consumer.send(append([]frame{method(q.channel, classBasic, 60, deliver)}, contentFrames(q.channel, m)...)...)
	}
	return n
}

// wants reports whether a binding matches: all of its arguments, or any with
// x-match any.
func (q *queue) wants(m message) bool {
	for _, bind := range q.bindings {
		if bind.exchange != m.exchange {
			continue
		}
		hits, n := 0, 0
		for name, want := range bind.args {
			if name == "x-match" {
				continue
			}
			n++
			if got, ok := m.headers[name]; ok && got == want {
				hits++
			}
		}
		if hits == n || bind.args["x-match"] == "any" && hits > 0 {
			return true
		}
	}
	return false
}

func (b *Broker) accept() {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			return
		}
		c := &brokerConn{Conn: conn, broker: b, done: make(chan struct{})}
		b.mu.Lock()
		away, silent := b.away, b.silent
		b.conns[c] = true
		b.mu.Unlock()
		if away {
			b.forget(c)
			continue
		}
		b.wait.Go(func() {
			defer b.forget(c)
			if silent {
				_, _ = c.Read(make([]byte, 1<<16)) // the greeting; then until Close
				_, _ = c.Read(make([]byte, 1))
				return
			}
			_ = c.serve() // the client went or spoke nonsense: either way it is over
		})
	}
}

// forget ends a connection with what belongs to it.
func (b *Broker) forget(c *brokerConn) {
	_ = c.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.conns, c)
	for name, q := range b.queues {
		if q.consumer == c {
			q.consumer = nil
			if q.autoDelete {
				delete(b.queues, name)
			}
		}
	}
}

// brokerConn is one connection.
type brokerConn struct {
	net.Conn
	broker *Broker
	done   chan struct{}

	out     sync.Mutex
	pending *message // published, its body not complete yet
	left    uint64
}

func (c *brokerConn) send(frames ...frame) {
	c.out.Lock()
	defer c.out.Unlock()
	for _, f := range frames {
		_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
		if _, err := c.Write(f.encode()); err != nil {
			return
		}
	}
}

// errClosed ends a connection in order.
var errClosed = errors.New("closed")

func (c *brokerConn) serve() error {
	defer close(c.done)
	r := bufio.NewReader(c)
	greeting := make([]byte, 8)
	if _, err := readFull(r, greeting); err != nil || string(greeting) != "AMQP\x00\x00\x09\x01" {
		return fmt.Errorf("greeting %q: %w", greeting, err)
	}
	capabilities := map[string]string{"product": "RabbitMQ stand-in", "version": "0"}
	c.send(method(0, classConnection, 10, args{}.octet(0).octet(9).table(capabilities).longstr("PLAIN AMQPLAIN").longstr("en_US")))
	for {
		f, err := readFrame(r)
		if err != nil {
			return err
		}
		switch f.kind {
		case frameHeartbeat:
		case frameMethod:
			in := fields{b: f.payload}
			class, id := in.short(), in.short()
			if err := c.handle(f.channel, class, id, &in); err != nil {
				return err
			}
			if in.err != nil {
				return fmt.Errorf("method %d.%d: %w", class, id, in.err)
			}
		case frameHeader, frameBody:
			if err := c.content(f); err != nil {
				return err
			}
		default:
			return fmt.Errorf("frame of type %d", f.kind)
		}
	}
}

// content collects the message that a publish announced.
func (c *brokerConn) content(f frame) (err error) {
	if c.pending == nil {
		return errors.New("content that nobody announced")
	}
	if f.kind == frameHeader {
		c.pending.headers, c.left, err = readHeaders(f.payload)
	} else {
		c.pending.body = append(c.pending.body, f.payload...)
		c.left -= min(c.left, uint64(len(f.payload)))
	}
	if err == nil && c.left == 0 {
		c.broker.Publish(c.pending.exchange, c.pending.headers, c.pending.body)
		c.pending = nil
	}
	return err
}

// beat sends heartbeats until the connection ends.
func (c *brokerConn) beat(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
			c.send(frame{kind: frameHeartbeat})
		}
	}
}
