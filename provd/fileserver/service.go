package fileserver

import (
	"net/http"
	"net/textproto"

	"provbox/provd"
)

// own reports whether a plugin's own code answers a request.
func (r *Router) own(t target) bool { return r.cfg.Services != nil && r.cfg.Services.Own(t.dev) }

// respond lets the device's plugin answer. A failure of it is the plugin's to
// report; the phone is told no more than that there was one.
func (h *httpHandler) respond(out *idleWriter, r *http.Request, req provd.Request, to target) {
	resp, err := h.router.cfg.Services.Respond(r.Context(), to.dev, req, to.route)
	if err != nil {
		h.fail(out, req, err)
		return
	}
	for name, value := range resp.Header {
		if name = textproto.CanonicalMIMEHeaderKey(name); !connection[name] {
			out.Header().Set(name, value)
		}
	}
	if resp.File != nil {
		h.send(out, r, req, resp.File)
		return
	}
	switch {
	case len(resp.Body) > 0 || resp.Header != nil:
	case resp.Status == http.StatusNotFound:
		out.page(resp.Status, "No Such Resource", "File not found.")
		return
	case resp.Status == http.StatusForbidden:
		out.page(resp.Status, "Forbidden", "Directory listing not permitted.")
		return
	case resp.Status == http.StatusMethodNotAllowed:
		out.page(resp.Status, "Method Not Allowed", "Method not allowed.")
		return
	}
	if out.Header().Get("Content-Type") == "" {
		out.Header().Set("Content-Type", "text/html") // twisted's default
	}
	out.WriteHeader(resp.Status)
	if r.Method != http.MethodHead && resp.Status != http.StatusNoContent && resp.Status != http.StatusNotModified {
		_, _ = out.Write(resp.Body) // a phone that hung up is no error of ours
	}
}

// connection are the headers that are the server's to set, not a package's
// (RFC 9110 section 7.6.1, RFC 9112 section 6).
var connection = map[string]bool{
	"Connection": true, "Content-Length": true, "Keep-Alive": true, "Te": true,
	"Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}
