package webui

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"provbox/webui/page"
	"provbox/webui/part"
	"provbox/webui/session"
	"provbox/webui/words"
)

// visit is one request and who makes it.
type visit struct {
	*server
	w     http.ResponseWriter
	r     *http.Request
	words *words.Words
	token string
	in    bool // token is a session's
}

// handler answers a request, or says why it cannot.
type handler func(*visit) error

// Errors that every page can have.
var (
	errNotFound = &failure{http.StatusNotFound, "failure.not_found"}
	errLarge    = &failure{http.StatusRequestEntityTooLarge, "failure.large"}
)

// failure is an answer that is a page of its own; key is what it says.
type failure struct {
	status int
	key    string
}

func (f *failure) Error() string { return f.key }

// cookie is the name of the session's.
const cookie = "provbox"

// guard is around everything: headers that keep a browser from being used against
// the box, and no change on the word of another page.
func (s *server) guard(next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(s.open(func(*visit) error { return &failure{http.StatusForbidden, "failure.foreign"} }))
	inner := foreign.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		inner.ServeHTTP(w, r)
	})
}

// open is for pages that need no session.
func (s *server) open(handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		spoken := s.words.For(r.Header.Get("Accept-Language"))
		v := &visit{server: s, w: w, r: r.WithContext(words.With(r.Context(), spoken)), words: spoken}
		if c, err := r.Cookie(cookie); err == nil {
			v.token = c.Value
			v.in = s.Sessions.Check(v.token)
		}
		err := readForm(v.r)
		if err == nil {
			err = handle(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// readForm reads what a form sent; everything is in r.Form afterwards.
func readForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errLarge
	}
	if err != nil {
		return &failure{http.StatusBadRequest, "failure.method"}
	}
	return nil
}

// inside is for pages that need a session: without one the reader is shown the way.
func (s *server) inside(handle handler) http.Handler {
	return s.open(func(v *visit) error {
		switch {
		case v.in:
			return handle(v)
		case !s.Sessions.Claimed():
			return v.to("/claim")
		case v.r.Method == http.MethodGet:
			return v.to("/login?to=" + url.QueryEscape(v.r.URL.RequestURI()))
		}
		return v.to("/login")
	})
}

// host is who asks, for the limits on wrong passwords.
func (v *visit) host() string {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	return host
}

// to sends the reader to another page.
func (v *visit) to(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// done goes to a page that tells what was done.
func (v *visit) done(path, key string, args ...any) error {
	v.Sessions.Flash(v.token, v.words.T(key, args...))
	return v.to(path)
}

// frame is the frame of a page with the title of a key.
func (v *visit) frame(section, title string) part.Frame {
	f := part.Frame{Title: v.words.T(title), Section: section, Inside: v.in, Version: v.Version, Asset: v.assets.Path}
	if v.in {
		f.Notices = v.Sessions.Flashes(v.token)
	}
	return f
}

// show sends a page. It is made as a whole first: half a page is none.
func (v *visit) show(status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(v.r.Context(), &b); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // a browser that went away
	return nil
}

// fail shows what went wrong.
func (v *visit) fail(err error) {
	f, id := &failure{http.StatusInternalServerError, "failure.internal"}, ""
	if !errors.As(err, &f) {
		id = rand.Text()[:8]
		v.Logger.Error("the local page failed", "id", id, "path", v.r.URL.Path, "err", err)
	}
	frame := v.frame("", "failure.title")
	frame.Narrow = true
	if err := v.show(f.status, page.Failure(frame, v.words.T(f.key), id)); err != nil {
		v.Logger.Error("the local page failed", "id", id, "err", err)
		http.Error(v.w, v.words.T(f.key), f.status)
	}
}

// enter gives the browser a session.
func (v *visit) enter(token session.Token) {
	http.SetCookie(v.w, &http.Cookie{
		Name: cookie, Value: string(token), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.r.TLS != nil,
	})
	v.token, v.in = string(token), true
}
