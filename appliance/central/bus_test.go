package central_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
)

func newBroker(t *testing.T) *centraltest.Broker {
	t.Helper()
	b, err := centraltest.NewBroker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// listen runs a bus client until the end of the test and returns the tenants it
// hears of and its reconnections.
func listen(t *testing.T, port int) (bus *central.Bus, tenants chan string, again chan bool, board *central.Board) {
	t.Helper()
	tenants, again = make(chan string, 16), make(chan bool, 16)
	board = central.NewBoard(time.Now, nil)
	bus = central.NewBus(central.BusConfig{
		Host: "127.0.0.1", Port: port, Username: "guest", Password: "guest",
		Exchange: "wazo-headers", ExchangeType: "headers",
		OnTenantDeleted: func(_ context.Context, tenant string) { tenants <- tenant },
		OnReconnect:     func() { again <- true }, Board: board,
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- bus.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return bus, tenants, again, board
}

// patience bounds what a test waits for; it is only reached when it fails.
const patience = 30 * time.Second

func wait[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
	}
	return v
}

// until waits for a condition that nothing tells of.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
	}
}

func deleted(tenant string) []byte {
	return fmt.Appendf(nil, `{"name":"auth_tenant_deleted","data":{"uuid":%q},"origin_uuid":"x","timestamp":"2026-11-22T00:00:00"}`, tenant)
}

var tenantHeaders = map[string]string{"name": "auth_tenant_deleted", "origin_uuid": "x"}

func TestBusHearsTenantDeleted(t *testing.T) {
	t.Parallel()
	broker := newBroker(t)
	consuming := broker.Consuming()
	bus, tenants, _, board := listen(t, broker.Port())
	wait(t, "the consumer", consuming)
	until(t, "the connection", bus.Connected)
	if links := board.Links(); len(links) != 1 || !links[0].Up {
		t.Errorf("the board says %v", links)
	}
	for name, bindings := range broker.Queues() {
		if !strings.HasPrefix(name, "wazo-provd.") || len(name) != len("wazo-provd.")+6 {
			t.Errorf("queue %s", name)
		}
		if len(bindings) != 1 || bindings[0]["name"] != "auth_tenant_deleted" || bindings[0]["x-match"] != "all" || len(bindings[0]) != 2 {
			t.Errorf("bound with %v", bindings)
		}
	}
	if n := broker.Publish("wazo-headers", map[string]string{"name": "auth_tenant_added"}, deleted("other")); n != 0 {
		t.Errorf("another event went to %d queues", n)
	}
	for _, nonsense := range []string{"", "{", `{"name":"auth_tenant_deleted"}`, `{"name":"auth_tenant_deleted","data":{"uuid":7}}`, `{"name":"x","data":{"uuid":"y"}}`, strings.Repeat("x", 100<<10)} {
		broker.Publish("wazo-headers", tenantHeaders, []byte(nonsense))
	}
	if n := broker.Publish("wazo-headers", tenantHeaders, deleted("gone")); n != 1 {
		t.Errorf("the event went to %d queues", n)
	}
	if got := wait(t, "the event", tenants); got != "gone" {
		t.Errorf("heard of %q", got)
	}
}

func TestBusReconnects(t *testing.T) {
	t.Parallel()
	broker := newBroker(t)
	consuming := broker.Consuming()
	bus, tenants, again, board := listen(t, broker.Port())
	wait(t, "the consumer", consuming)
	until(t, "the connection", bus.Connected)
	for i := range 2 {
		broker.SetAway(true)
		broker.Drop()
		until(t, "the loss", func() bool { return !bus.Connected() && len(board.Links()) == 1 && !board.Links()[0].Up })
		consuming = broker.Consuming()
		broker.SetAway(false)
		wait(t, "the consumer", consuming)
		wait(t, "word of the reconnection", again)
		tenant := fmt.Sprint("tenant", i)
		broker.Publish("wazo-headers", tenantHeaders, deleted(tenant))
		if got := wait(t, "the event", tenants); got != tenant {
			t.Errorf("heard of %q", got)
		}
	}
	if n := len(broker.Queues()); n != 1 {
		t.Errorf("%d queues are left behind", n-1)
	}
}

func TestBusRefusesUs(t *testing.T) {
	t.Parallel()
	broker := newBroker(t)
	broker.Password = "other"
	_, _, _, board := listen(t, broker.Port())
	until(t, "the refusal", func() bool { l := board.Links(); return len(l) == 1 && !l[0].Up })
	if problem := board.Links()[0].Problem; !strings.Contains(problem, "connect to the bus") || strings.Contains(problem, "guest") {
		t.Errorf("the board says %q", problem)
	}
}

// A broker that takes connections and says nothing does not keep the client from
// stopping.
func TestBusStopsInTheHandshake(t *testing.T) {
	t.Parallel()
	broker := newBroker(t)
	broker.SetSilent(true)
	bus, _, _, _ := listen(t, broker.Port()) // its cleanup waits for the end
	if bus.Connected() {
		t.Error("connected to a silent broker")
	}
}

// The publisher of the test against RabbitMQ speaks with the stand-in as well, so
// that the two brokers are known to take the same.
func TestPublisherOnTheStandIn(t *testing.T) {
	t.Parallel()
	broker := newBroker(t)
	consuming := broker.Consuming()
	_, tenants, _, _ := listen(t, broker.Port())
	wait(t, "the consumer", consuming)
	publish(t, broker.Port(), amqp.Table{"name": "auth_tenant_added"}, deleted("other"))
	publish(t, broker.Port(), amqp.Table{"name": "auth_tenant_deleted", "origin_uuid": "x"}, deleted("gone"))
	if got := wait(t, "the event", tenants); got != "gone" {
		t.Errorf("heard of %q", got)
	}
}

func publish(t *testing.T, port int, headers amqp.Table, body []byte) {
	t.Helper()
	conn, err := amqp.Dial(fmt.Sprintf("amqp://guest:guest@127.0.0.1:%d/", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.ExchangeDeclare("wazo-headers", "headers", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := ch.PublishWithContext(t.Context(), "wazo-headers", "", false, false, amqp.Publishing{ContentType: "application/json", Headers: headers, Body: body}); err != nil {
		t.Fatal(err)
	}
}
