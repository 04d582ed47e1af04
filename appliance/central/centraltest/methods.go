package centraltest

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// The classes of methods.
const (
	classConnection = 10
	classChannel    = 20
	classExchange   = 40
	classQueue      = 50
	classBasic      = 60
)

func readFull(r *bufio.Reader, b []byte) (int, error) { return io.ReadFull(r, b) }

// handle answers one method.
func (c *brokerConn) handle(channel, class, id uint16, in *fields) error {
	switch class {
	case classConnection:
		return c.connection(id, in)
	case classChannel:
		switch id {
		case 10: // open
			c.send(method(channel, classChannel, 11, args{}.longstr("")))
		case 40: // close
			c.send(method(channel, classChannel, 41, nil))
		}
		return nil
	}
	c.broker.mu.Lock()
	defer c.broker.mu.Unlock()
	switch class {
	case classExchange:
		return c.exchange(channel, id, in)
	case classQueue:
		return c.queue(channel, id, in)
	case classBasic:
		return c.basic(channel, id, in)
	}
	return fmt.Errorf("class %d", class)
}

func (c *brokerConn) connection(id uint16, in *fields) error {
	switch id {
	case 11: // start-ok
		in.table()
		mechanism, response := in.shortstr(), in.longstr()
		if mechanism != "PLAIN" || response != "\x00"+c.broker.Username+"\x00"+c.broker.Password {
			text := "ACCESS_REFUSED - Login was refused using authentication mechanism " + mechanism
			c.send(method(0, classConnection, 50, args{}.short(403).shortstr(text).short(0).short(0)))
			return nil
		}
		c.send(method(0, classConnection, 30, args{}.short(2047).long(maxFrameSize).short(60)))
	case 31: // tune-ok
		in.short()
		in.long()
		if beat := in.short(); beat > 0 {
			c.broker.wait.Go(func() { c.beat(time.Duration(beat) * time.Second / 2) })
		}
	case 40: // open
		c.send(method(0, classConnection, 41, args{}.shortstr("")))
	case 50: // close
		c.send(method(0, classConnection, 51, nil))
		return errClosed
	case 51: // close-ok
		return errClosed
	default:
		return fmt.Errorf("connection method %d", id)
	}
	return nil
}

// refuse closes a channel as a broker does when a declaration does not fit.
func (c *brokerConn) refuse(channel, code, class, id uint16, format string, a ...any) {
	c.send(method(channel, classChannel, 40, args{}.short(code).shortstr(fmt.Sprintf(format, a...)).short(class).short(id)))
}

func (c *brokerConn) exchange(channel, id uint16, in *fields) error {
	if id != 10 { // declare
		return fmt.Errorf("exchange method %d", id)
	}
	in.short()
	name, kind := in.shortstr(), in.shortstr()
	durable := in.octet()&2 != 0
	kind = fmt.Sprintf("%s, durable %v", kind, durable)
	if old, ok := c.broker.exchanges[name]; ok && old != kind {
		c.refuse(channel, 406, classExchange, id, "PRECONDITION_FAILED - exchange %s is %s", name, old)
		return nil
	}
	c.broker.exchanges[name] = kind
	c.send(method(channel, classExchange, 11, nil))
	return nil
}

func (c *brokerConn) queue(channel, id uint16, in *fields) error {
	in.short()
	name := in.shortstr()
	switch id {
	case 10: // declare
		flags := in.octet()
		if c.broker.queues[name] == nil {
			c.broker.queues[name] = &queue{name: name, autoDelete: flags&8 != 0}
		}
		c.send(method(channel, classQueue, 11, args{}.shortstr(name).long(0).long(0)))
	case 20: // bind
		exchange := in.shortstr()
		in.shortstr()
		in.octet()
		q := c.broker.queues[name]
		if _, ok := c.broker.exchanges[exchange]; !ok || q == nil {
			c.refuse(channel, 404, classQueue, id, "NOT_FOUND - no exchange %s or queue %s", exchange, name)
			return nil
		}
		q.bindings = append(q.bindings, binding{exchange, in.table()})
		c.send(method(channel, classQueue, 21, nil))
	default:
		return fmt.Errorf("queue method %d", id)
	}
	return nil
}

func (c *brokerConn) basic(channel, id uint16, in *fields) error {
	switch id {
	case 10: // qos
		c.send(method(channel, classBasic, 11, nil))
	case 20: // consume
		in.short()
		name, tag := in.shortstr(), in.shortstr()
		q := c.broker.queues[name]
		if q == nil {
			c.refuse(channel, 404, classBasic, id, "NOT_FOUND - no queue %s", name)
			return nil
		}
		q.consumer, q.channel, q.tag = c, channel, tag
		c.send(method(channel, classBasic, 21, args{}.shortstr(tag)))
		close(c.broker.consumers)
		c.broker.consumers = make(chan struct{})
	case 30: // cancel
		c.send(method(channel, classBasic, 31, args{}.shortstr(in.shortstr())))
	case 40: // publish
		in.short()
		c.pending = &message{exchange: in.shortstr()}
	case 80: // ack
	default:
		return fmt.Errorf("basic method %d", id)
	}
	return nil
}
