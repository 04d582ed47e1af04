package central

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// BusConfig is what a Bus is made from.
type BusConfig struct {
	Host               string
	Port               int
	Username, Password string
	Exchange           string // wazo-headers
	ExchangeType       string // headers
	// OnTenantDeleted is told the tenant of each auth_tenant_deleted event, one
	// at a time. It must not be nil.
	OnTenantDeleted func(ctx context.Context, tenant string)
	// OnReconnect is called when the bus is connected again after it was lost:
	// what happened meanwhile was not heard. It may be nil.
	OnReconnect func()
	Board       *Board
	Logger      *slog.Logger // nil discards
}

// Limits of the bus connection. What is published there is small.
const (
	busHeartbeat = 10 * time.Second
	busFrame     = 128 << 10
	maxEvent     = 64 << 10
)

// tenantDeleted is the event that the box listens to.
const tenantDeleted = "auth_tenant_deleted"

// Bus hears on the message bus which tenants were deleted (spec/wazo-link.md
// section 4). It publishes nothing.
type Bus struct {
	cfg       BusConfig
	log       *slog.Logger
	connected atomic.Bool
}

// NewBus returns a bus that is not connected; Serve does that.
func NewBus(cfg BusConfig) *Bus {
	b := &Bus{cfg: cfg, log: cfg.Logger}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	return b
}

// Connected reports whether events are heard now.
func (b *Bus) Connected() bool { return b.connected.Load() }

// Serve listens until ctx ends. A bus that cannot be reached, or that drops the
// connection, is tried again, ever less often.
func (b *Bus) Serve(ctx context.Context) error {
	backoff, heard, told := time.Second, false, ""
	for {
		err := b.session(ctx, func() {
			backoff, told = time.Second, ""
			if heard && b.cfg.OnReconnect != nil {
				b.cfg.OnReconnect()
			}
			heard = true
		})
		b.connected.Store(false)
		if ctx.Err() != nil {
			return nil
		}
		b.cfg.Board.note("bus", err)
		if text := err.Error(); text != told {
			b.log.Warn("no connection to the message bus", "err", err, "retry", backoff)
			told = text
		}
		timer := time.NewTimer(backoff)
		backoff = min(2*backoff, maxBackoff)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// session connects and listens until the connection ends, and says why.
func (b *Bus) session(ctx context.Context, ready func()) error {
	conn, err := b.dial(ctx)
	if err != nil {
		return fmt.Errorf("connect to the bus: %w", err)
	}
	// The library has no contexts: what waits for the broker ends when the
	// connection does.
	stop := context.AfterFunc(ctx, func() { _ = conn.CloseDeadline(time.Now().Add(time.Second)) })
	defer stop()
	defer func() { _ = conn.CloseDeadline(time.Now().Add(time.Second)) }() // it may be closed already
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	events, err := b.subscribe(conn)
	if err != nil {
		return fmt.Errorf("subscribe to the bus: %w", err)
	}
	b.connected.Store(true)
	b.cfg.Board.note("bus", nil)
	ready()
	for {
		select {
		case d, ok := <-events:
			if !ok {
				return lost(closed)
			}
			b.handle(ctx, d)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lost says why the connection ended.
func lost(closed <-chan *amqp.Error) error {
	select {
	case err := <-closed:
		if err != nil {
			return fmt.Errorf("the bus closed the connection: %w", err)
		}
	default:
	}
	return errors.New("the bus ended the subscription")
}

func (b *Bus) dial(ctx context.Context) (*amqp.Connection, error) {
	dialer := net.Dialer{Timeout: callTimeout}
	stop := func() bool { return true }
	defer func() { stop() }()
	return amqp.DialConfig("amqp://"+net.JoinHostPort(b.cfg.Host, strconv.Itoa(b.cfg.Port)), amqp.Config{
		SASL:  []amqp.Authentication{&amqp.PlainAuth{Username: b.cfg.Username, Password: b.cfg.Password}},
		Vhost: "/", Heartbeat: busHeartbeat, FrameSize: busFrame, Locale: "en_US",
		Properties: amqp.Table{"product": "provbox", "connection_name": "provbox"},
		Dial: func(network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // in the middle of the handshake
			// For the handshake; the library's heartbeats take over after it.
			if err := conn.SetDeadline(time.Now().Add(callTimeout)); err != nil {
				return nil, errors.Join(err, conn.Close())
			}
			return conn, nil
		},
	})
}

// subscribe declares the exchange and a queue of our own, binds it to the one
// event, and starts to consume.
func (b *Bus) subscribe(conn *amqp.Connection) (<-chan amqp.Delivery, error) {
	ch, err := conn.Channel()
	if err != nil {
		return nil, err
	}
	if err := ch.ExchangeDeclare(b.cfg.Exchange, b.cfg.ExchangeType, true, false, false, false, nil); err != nil {
		return nil, err
	}
	var suffix [3]byte
	_, _ = rand.Read(suffix[:]) // never fails: crypto/rand ends the program instead
	queue := "wazo-provd." + hex.EncodeToString(suffix[:])
	if _, err := ch.QueueDeclare(queue, false, true, false, false, nil); err != nil {
		return nil, err
	}
	binding := amqp.Table{"name": tenantDeleted, "x-match": "all"}
	if err := ch.QueueBind(queue, "", b.cfg.Exchange, false, binding); err != nil {
		return nil, err
	}
	if err := ch.Qos(16, 0, false); err != nil {
		return nil, err
	}
	return ch.Consume(queue, "", false, false, false, false, nil)
}

// handle takes one event. One that cannot be understood is dropped: it would
// come back for ever.
func (b *Bus) handle(ctx context.Context, d amqp.Delivery) {
	defer func() {
		if err := d.Ack(false); err != nil {
			b.log.Debug("event not acknowledged", "err", err)
		}
	}()
	tenant, err := readTenantDeleted(d.Body)
	if err != nil {
		b.log.Warn("event of the bus not understood", "err", err)
		return
	}
	b.cfg.OnTenantDeleted(ctx, tenant)
}

// readTenantDeleted returns the tenant of an auth_tenant_deleted event.
func readTenantDeleted(body []byte) (tenant string, err error) {
	if len(body) > maxEvent {
		return "", fmt.Errorf("read event: %d bytes, at most %d are read", len(body), maxEvent)
	}
	var event struct {
		Name string `json:"name"`
		Data struct {
			UUID string `json:"uuid"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return "", fmt.Errorf("read event: %w", err)
	}
	if event.Name != tenantDeleted || event.Data.UUID == "" || len(event.Data.UUID) > maxToken {
		return "", fmt.Errorf("read event: want %s with a data.uuid", tenantDeleted)
	}
	return event.Data.UUID, nil
}
