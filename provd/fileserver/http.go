package fileserver

import (
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"provbox/provd"
)

// HTTPConfig is what an HTTP file server is made from.
type HTTPConfig struct {
	Router *Router // must not be nil
	// TrustedProxies is how many proxies in front of the box write
	// X-Forwarded-For; 0 takes the peer's address and ignores the header.
	TrustedProxies int
	Logger         *slog.Logger
}

// Limits of the phones' HTTP server (design/reliability.md section 3).
const (
	headerTimeout   = 5 * time.Second
	idleTimeout     = 30 * time.Second
	maxHeaderBytes  = 16 << 10
	maxConns        = 512
	maxConnsPerHost = 16
	// maxBody bounds what is read of a body. Phones that upload logs send more,
	// and are told that they may not.
	maxBody = 64 << 10
)

// NewHTTP returns the HTTP server of the file plane, to be served on a listener
// wrapped by Limit.
func NewHTTP(cfg HTTPConfig) *http.Server {
	h := &httpHandler{router: cfg.Router, proxies: cfg.TrustedProxies}
	s := &http.Server{
		// A plain handler, not a mux: a mux redirects // and .. away, and a
		// phone does not follow.
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       idleTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		// OPTIONS * would be answered by net/http itself otherwise.
		DisableGeneralOptionsHandler: true,
	}
	if cfg.Logger != nil {
		s.ErrorLog = slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug)
	}
	return s
}

// Limit bounds the connections of a listener, in total and per client.
func Limit(l net.Listener) net.Listener {
	return LimitTo(l, maxConns, maxConnsPerHost)
}

// LimitTo returns a listener that closes connections beyond so many in all, and so
// many of one host.
func LimitTo(l net.Listener, total, perHost int) net.Listener {
	return limitListener(l, total, perHost)
}

type httpHandler struct {
	router  *Router
	proxies int
}

func (h *httpHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	out := &idleWriter{ResponseWriter: w, control: http.NewResponseController(w), status: http.StatusOK}
	req, err := h.request(r)
	if err != nil {
		out.page(http.StatusBadRequest, "Bad Request", err.Error())
		return
	}
	var to target
	defer func() {
		h.router.record(req, to, fmt.Sprintf("%s %d", r.Method, out.status), out.bytes, time.Since(start))
	}()
	var large bool
	if req.Body, large, err = readBody(r); err != nil {
		out.page(http.StatusBadRequest, "Bad Request", "The body of the request ended early.")
		return
	}
	if to, err = h.router.identify(r.Context(), req); err != nil {
		h.fail(out, req, err)
		return
	}
	switch own := h.router.own(to); {
	case own && large:
		out.page(http.StatusRequestEntityTooLarge, "Request Entity Too Large", fmt.Sprintf("The body has more than %d bytes.", maxBody))
	case own:
		h.respond(out, r, req, to)
	case r.Method != http.MethodGet:
		out.notAllowed()
	default:
		f, err := h.router.file(r.Context(), req, to)
		if err != nil {
			h.fail(out, req, err)
			return
		}
		h.send(out, r, req, f)
	}
}

// fail answers with an error.
func (h *httpHandler) fail(out *idleWriter, req provd.Request, err error) {
	status, title, detail := httpStatus(err)
	if status == http.StatusInternalServerError {
		h.router.log.Error("could not answer a request", "ip", req.IP, "path", h.router.shown(req), "err", err)
	}
	out.page(status, title, detail)
}

// send answers with a file and closes it.
func (h *httpHandler) send(out *idleWriter, r *http.Request, req provd.Request, f File) {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		h.fail(out, req, err)
		return
	}
	if out.Header().Get("Content-Type") == "" {
		out.Header().Set("Content-Type", contentType(info.Name()))
	}
	http.ServeContent(out, r, "", info.ModTime(), f)
}

// readBody reads the body of a request, which identification sees as a form. One that
// is larger than any form of a phone is left where it is.
func readBody(r *http.Request) (b []byte, large bool, err error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, false, nil
	}
	if r.ContentLength > maxBody {
		return nil, true, nil
	}
	b, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if len(b) > maxBody {
		return nil, true, nil
	}
	return b, false, err
}

// request takes from an HTTP request what identification reads.
func (h *httpHandler) request(r *http.Request) (provd.Request, error) {
	ip, err := h.clientIP(r)
	if err != nil {
		return provd.Request{}, err
	}
	uri := r.RequestURI
	// An absolute-form target (RFC 9112 section 3.2.2) names the box itself.
	if !strings.HasPrefix(uri, "/") {
		uri = r.URL.RequestURI()
	}
	p, query, _ := strings.Cut(uri, "?")
	_, has := r.Header["User-Agent"]
	r.Header.Set("Host", r.Host) // where net/http keeps it is not where packages look
	return provd.Request{
		Kind: provd.HTTP, IP: ip, Path: p, Query: query, Method: r.Method, Header: r.Header,
		UserAgent: r.UserAgent(), HasUserAgent: has,
	}, nil
}

// clientIP returns the phone's address: the peer's, or behind N trusted proxies
// the Nth from the end of X-Forwarded-For (spec/ident.md section 3).
func (h *httpHandler) clientIP(r *http.Request) (string, error) {
	said := r.RemoteAddr
	if host, _, err := net.SplitHostPort(said); err == nil {
		said = host
	}
	if h.proxies > 0 {
		list := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		said = strings.TrimSpace(list[max(0, len(list)-h.proxies)])
	}
	ip, err := netip.ParseAddr(said)
	if err != nil {
		return "", fmt.Errorf("the proxy in front of the box did not say who asks: X-Forwarded-For has no address at the expected place")
	}
	return ip.Unmap().WithZone("").String(), nil
}

func httpStatus(err error) (status int, title, detail string) {
	switch {
	case errors.Is(err, ErrNoService):
		return http.StatusNotFound, "No Such Resource", "Nowhere to route this request."
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return http.StatusNotFound, "No Such Resource", "File not found."
	case errors.Is(err, ErrDirectory):
		return http.StatusForbidden, "Forbidden", "Directory listing not permitted."
	}
	return http.StatusInternalServerError, "Internal Server Error", "Internal processing error."
}

// types are the content types of files that phones fetch, where the system's
// table has none or one that depends on the machine.
var types = map[string]string{
	".cfg": "text/plain; charset=utf-8", ".cnf": "text/plain; charset=utf-8", ".conf": "text/plain; charset=utf-8",
	".boot": "text/plain; charset=utf-8", ".inf": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".xml": "text/xml", ".htm": "text/html", ".html": "text/html",
	".tlv": "application/octet-stream", ".rom": "application/octet-stream", ".bin": "application/octet-stream",
	".st": "application/octet-stream", ".ld": "application/octet-stream", ".sbn": "application/octet-stream", ".z": "application/octet-stream",
}

func contentType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// idleWriter counts what is written and moves the write deadline with every
// piece: a phone on a slow link may take long over a firmware, one that stopped
// reading may not.
type idleWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	status  int
	bytes   int64
}

func (w *idleWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *idleWriter) Write(b []byte) (int, error) {
	// An http.ResponseWriter without deadlines exists only in tests.
	_ = w.control.SetWriteDeadline(time.Now().Add(idleTimeout))
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// notAllowed answers that the method is not one for a file (spec/ident.md section
// 9: HEAD neither).
func (w *idleWriter) notAllowed() {
	w.Header().Set("Allow", http.MethodGet)
	w.page(http.StatusMethodNotAllowed, "Method Not Allowed", "Method not allowed.")
}

// page answers with a small HTML page, as wazo-provd does.
func (w *idleWriter) page(status int, title, detail string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, fmt.Sprintf("<html>\n  <head><title>%d - %s</title></head>\n  <body>\n    <h1>%[2]s</h1>\n    <p>%s</p>\n  </body>\n</html>\n",
		status, title, html.EscapeString(detail)))
}
