package rest

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"provbox/provd"
	"provbox/provd/document"
)

// mediaType is what wazo-provd's documents are sent as.
const mediaType = "application/vnd.proformatique.provd+json"

// status is an answer that is decided by HTTP and not by the domain.
type status struct {
	code int
	text string
}

func (s *status) Error() string { return s.text }

// fail answers with an error. This is the one place where a domain code becomes
// an HTTP status.
func (c *call) fail(err error) {
	var s *status
	if errors.As(err, &s) {
		if s.code == http.StatusUnauthorized {
			markup(c.w, s.code, s.text)
			return
		}
		plain(c.w, s.code, s.text)
		return
	}
	code := http.StatusInternalServerError
	switch provd.CodeOf(err) {
	case provd.Invalid, provd.Conflict: // wazo-provd has no 409
		code = http.StatusBadRequest
	case provd.NotFound:
		code = http.StatusNotFound
	case provd.Denied:
		code = http.StatusForbidden
	case provd.Unavailable:
		code = http.StatusServiceUnavailable
	case provd.Internal:
		c.log.Error("request failed", "method", c.r.Method, "path", c.r.URL.Path, "err", err)
		processingFailed(c.w)
		return
	}
	var domain *provd.Error
	errors.As(err, &domain)
	plain(c.w, code, domain.Message)
}

// decode reads the body of a POST or PUT.
func (c *call) decode() error {
	t, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || t != mediaType {
		return &status{http.StatusUnsupportedMediaType, `Entity must be in media type "` + mediaType + `".`}
	}
	// Whoever sends slowly must not keep others from being served.
	c.leave()
	data, err := io.ReadAll(counted{http.MaxBytesReader(c.w, c.r.Body, maxBody), c})
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errCrowded):
		return err
	case errors.As(err, &large):
		return &status{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", large.Limit)}
	case err != nil:
		return provd.Errorf(provd.Invalid, "the body ended early")
	}
	if err := c.enter(); err != nil {
		return err
	}
	if c.body, err = document.DecodeValue(data); err != nil {
		return provd.Errorf(provd.Invalid, "Invalid JSON document: %s", strings.TrimPrefix(err.Error(), "document: "))
	}
	return nil
}

// accepts reports whether one of the media types is ours. Parameters are
// ignored, as clients have come to expect.
func accepts(values []string) bool {
	if len(values) == 0 {
		return true
	}
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		t, _, _ := strings.Cut(item, ";")
		if slices.Contains([]string{mediaType, "*/*", "application/*", "application/json"}, strings.TrimSpace(t)) {
			return true
		}
	}
	return false
}

// json answers with a document {wrapper: value}.
func (c *call) json(code int, wrapper string, value any) error {
	return c.answer(code, document.New(wrapper, value))
}

// answer answers with a document.
func (c *call) answer(code int, doc *document.Object) error {
	b, err := document.Encode(doc)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	c.leave() // whoever reads slowly must not keep others from being served
	c.w.Header().Set("Content-Type", mediaType)
	c.w.WriteHeader(code)
	_, _ = c.w.Write(b) // a client that hung up is no error of ours
	return nil
}

// created answers 201 for a new document.
func (c *call) created(path, id string) error {
	c.w.Header().Set("Location", location(path, id))
	c.nameRendering()
	return c.json(http.StatusCreated, "id", id)
}

// nameRendering tells in a header where the rendering of many devices can be looked
// at that the request caused.
func (c *call) nameRendering() {
	if c.caused == nil {
		return
	}
	if r := c.caused(); r != nil {
		c.w.Header().Set(renderingHeader, location("/0.2"+renderingsPath, strconv.Itoa(r.ID)))
	}
}

func (c *call) noContent() error {
	c.nameRendering()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func objects(docs []*document.Object) []any {
	list := make([]any, len(docs))
	for i, d := range docs {
		list[i] = d
	}
	return list
}

func cors(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Origin, X-Requested-With, Accept, Content-Type, X-Auth-Token, Wazo-Tenant")
	h.Set("Access-Control-Allow-Credentials", "false")
	h.Set("Access-Control-Expose-Headers", "Location")
}

// plain answers with the text of an error, under the label that clients know, and
// under the right one when the text needs more than ASCII (spec/rest.md section 3).
func plain(w http.ResponseWriter, code int, text string) {
	charset := "ascii"
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		charset = "utf-8"
	}
	w.Header().Set("Content-Type", "text/plain; charset="+charset)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}

func page(w http.ResponseWriter, code int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, "<html>\n  <head><title>%d - %s</title></head>\n  <body>\n    <h1>%[2]s</h1>\n    <p>%s</p>\n  </body>\n</html>\n", code, title, text)
}

func notFoundPage(w http.ResponseWriter) {
	page(w, http.StatusNotFound, "No Such Resource", "Sorry. No luck finding that resource.")
}

// markup answers with a text that clients know as HTML.
func markup(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}

func processingFailed(w http.ResponseWriter) {
	markup(w, http.StatusInternalServerError, "<html><head><title>Processing Failed</title></head><body><b>Processing Failed</b></body></html>")
}

// methodPage answers for a path that exists but not with this method: 405 for
// what browsers send, 501 for everything else (spec/rest.md section 1.1).
func methodPage(w http.ResponseWriter, method string, methods map[string]route) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		var allow []string
		for m := range methods {
			allow = append(allow, m)
			if m == http.MethodGet {
				allow = append(allow, http.MethodHead)
			}
		}
		slices.Sort(allow)
		w.Header().Set("Allow", strings.Join(allow, ", "))
		page(w, http.StatusMethodNotAllowed, "Method Not Allowed", "This resource does not have that method.")
	default:
		page(w, http.StatusNotImplemented, "Not Implemented", "This resource does not have that method.")
	}
}
