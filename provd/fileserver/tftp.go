package fileserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/pin/tftp/v3"

	"provbox/provd"
)

// TFTPConfig is what a TFTP server is made from.
type TFTPConfig struct {
	Router *Router // must not be nil
	Logger *slog.Logger
}

// Limits of the TFTP server (design/reliability.md section 3). The library has
// none: it starts a transfer for every request that arrives.
const (
	maxTransfers        = 64
	maxTransfersPerHost = 4
	// Requests over the limit wait for a place; so many at most, so long.
	maxWaiting        = 512
	maxWaitingPerHost = 8
	maxWait           = 4 * time.Second
	// The largest block that fits an Ethernet frame without fragments:
	// 1500 - 20 (IP) - 8 (UDP) - 4 (TFTP).
	maxBlock = 1468
	// A client that stops answering holds its place for about
	// (retries+1) * (timeout + backoff).
	ackTimeout = 2 * time.Second
	ackRetries = 4
	// A whole transfer, firmware over 512-byte blocks included.
	maxTransfer = 10 * time.Minute
	maxName     = 255
	stopGrace   = 3 * time.Second
)

// TFTP is the TFTP server of the file plane: RFC 1350 reads with the options of
// RFC 2347, blksize (RFC 2348) and tsize (RFC 2349). It is read-only.
type TFTP struct {
	router *Router
	log    *slog.Logger
	places *places
}

// NewTFTP returns a TFTP server.
func NewTFTP(cfg TFTPConfig) *TFTP {
	t := &TFTP{router: cfg.Router, log: cfg.Logger, places: newPlaces()}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t
}

// Serve answers requests on conn until ctx ends, then ends the transfers under
// way and closes conn.
func (t *TFTP) Serve(ctx context.Context, conn *net.UDPConn) error {
	s := tftp.NewServer(func(name string, rf io.ReaderFrom) error { return t.read(ctx, name, rf) }, nil)
	s.SetBlockSize(maxBlock)
	s.SetTimeout(ackTimeout)
	s.SetRetries(ackRetries)
	down := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(down)
		// The library closes it only if its Serve has come to the point of knowing it;
		// a box that is stopped at once would read for ever.
		_ = conn.Close()
		s.Shutdown()
	})
	if err := s.Serve(conn); err != nil {
		stop()
		return fmt.Errorf("serve tftp on %v: %w", conn.LocalAddr(), err)
	}
	// Each transfer ends at its next block, but one whose client is gone waits
	// for an acknowledgement first; the program must not wait with it.
	timer := time.NewTimer(stopGrace)
	defer timer.Stop()
	select {
	case <-down:
	case <-timer.C:
		t.log.Warn("left transfers behind whose clients do not answer")
	}
	return nil
}

// read serves one request. Its error becomes the text of an ERROR packet.
func (t *TFTP) read(ctx context.Context, name string, rf io.ReaderFrom) error {
	start := time.Now()
	out, ok := rf.(tftp.OutgoingTransfer)
	if !ok {
		return errors.New("internal processing error")
	}
	peer := out.RemoteAddr()
	host, _ := netip.AddrFromSlice(peer.IP)
	host = host.Unmap()
	req := provd.Request{Kind: provd.TFTP, IP: host.String(), Path: name}

	ctx, cancel := context.WithTimeout(ctx, maxTransfer)
	defer cancel()
	release, err := t.places.take(ctx, host)
	if err != nil {
		t.log.Warn("refused a transfer", "ip", req.IP, "err", err)
		return err
	}
	defer release()

	var (
		to   target
		sent int64
	)
	status := "RRQ ok"
	defer func() { t.router.record(req, to, status, sent, time.Since(start)) }()
	f, to, err := t.open(ctx, req)
	if err != nil {
		status = "RRQ " + err.Error()
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		status = "RRQ failed"
		t.log.Error("could not stat a file", "ip", req.IP, "path", t.router.shown(req), "err", err)
		return errors.New("internal processing error")
	}
	out.SetSize(info.Size())
	sent, err = rf.ReadFrom(&transfer{Reader: f, ctx: ctx})
	if err != nil {
		// The library sent the ERROR packet already, or there is nobody left to
		// send it to; it must not be sent again.
		status = "RRQ aborted"
		t.log.Info("transfer ended early", "ip", req.IP, "path", t.router.shown(req), "bytes", sent, "err", err)
	}
	return nil
}

func (t *TFTP) open(ctx context.Context, req provd.Request) (File, target, error) {
	if len(req.Path) > maxName || !utf8.ValidString(req.Path) {
		return nil, target{}, errors.New("invalid filename")
	}
	f, to, err := t.router.open(ctx, req)
	switch {
	case err == nil:
		return f, to, nil
	case errors.Is(err, ErrNoService):
		return nil, to, errors.New("nowhere to route this request")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid), errors.Is(err, ErrDirectory):
		return nil, to, errors.New("file not found")
	}
	t.log.Error("could not open a file", "ip", req.IP, "path", t.router.shown(req), "err", err)
	return nil, to, errors.New("internal processing error")
}

// transfer is a file that ends when its time is over.
type transfer struct {
	io.Reader
	ctx context.Context
}

func (t *transfer) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.Reader.Read(p)
}

// places bounds the transfers under way and those that wait for a place.
type places struct {
	free chan struct{}

	mu    sync.Mutex
	users int
	hosts map[netip.Addr]*hostPlaces // only hosts with a transfer or a wait
}

type hostPlaces struct {
	free  chan struct{}
	users int
}

func newPlaces() *places {
	return &places{free: make(chan struct{}, maxTransfers), hosts: make(map[netip.Addr]*hostPlaces)}
}

var (
	errBusy     = errors.New("server busy, try again")
	errBusyHost = errors.New("too many transfers from this address")
)

// take waits for a place. The caller must call release.
func (p *places) take(ctx context.Context, host netip.Addr) (release func(), err error) {
	h, err := p.enter(host)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.leave(host, h)
		}
	}()
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	for _, free := range []chan struct{}{h.free, p.free} {
		select {
		case free <- struct{}{}:
		case <-timer.C:
			if free == p.free {
				<-h.free
			}
			return nil, errBusy
		case <-ctx.Done():
			if free == p.free {
				<-h.free
			}
			return nil, errBusy
		}
	}
	return func() {
		<-p.free
		<-h.free
		p.leave(host, h)
	}, nil
}

func (p *places) enter(host netip.Addr) (*hostPlaces, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.hosts[host]
	switch {
	case p.users >= maxTransfers+maxWaiting:
		return nil, errBusy
	case h == nil:
		h = &hostPlaces{free: make(chan struct{}, maxTransfersPerHost)}
		p.hosts[host] = h
	case h.users >= maxTransfersPerHost+maxWaitingPerHost:
		return nil, errBusyHost
	}
	h.users++
	p.users++
	return h, nil
}

func (p *places) leave(host netip.Addr, h *hostPlaces) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users--
	if h.users--; h.users == 0 {
		delete(p.hosts, host)
	}
}
