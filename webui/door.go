package webui

import (
	"errors"
	"math"
	"net/http"
	"strings"

	"provbox/webui/page"
	"provbox/webui/part"
	"provbox/webui/session"
)

func (s *server) getClaim(v *visit) error {
	if s.Sessions.Claimed() {
		return v.to("/")
	}
	return v.claim(http.StatusOK, "", nil)
}

func (v *visit) claim(status int, code string, problems []part.Problem) error {
	f := v.frame("", "claim.title")
	f.Narrow = true
	return v.show(status, page.Claim(f, code, problems))
}

func (s *server) postClaim(v *visit) error {
	code, password := v.r.PostForm.Get("code"), v.r.PostForm.Get("password")
	if password != v.r.PostForm.Get("again") {
		return v.claim(http.StatusUnprocessableEntity, code, []part.Problem{{Field: "again", Text: v.words.T("claim.differ")}})
	}
	token, err := s.Sessions.Claim(v.r.Context(), v.host(), code, password)
	switch problem, status := v.door(err); {
	case err == nil:
		v.enter(token)
		s.Logger.Info("the box was claimed", "from", v.host())
		return v.done("/", "claim.done")
	case errors.Is(err, session.ErrClaimed):
		return v.login(http.StatusConflict, "", []part.Problem{{Text: v.words.T("claim.already")}})
	case status != 0:
		return v.claim(status, code, []part.Problem{problem})
	}
	return err
}

// door says what an error of the sessions means to the reader; the status is 0 for
// one that is the box's own.
func (v *visit) door(err error) (part.Problem, int) {
	var weak *session.WeakPassword
	var throttled *session.Throttled
	switch {
	case errors.As(err, &weak):
		return part.Problem{Field: "password", Text: v.words.T("weak." + weak.Reason)}, http.StatusUnprocessableEntity
	case errors.As(err, &throttled):
		return part.Problem{Text: v.words.T("login.wait", int(math.Ceil(throttled.Wait.Seconds())))}, http.StatusTooManyRequests
	case errors.Is(err, session.ErrCode):
		return part.Problem{Field: "code", Text: v.words.T("claim.wrong")}, http.StatusForbidden
	case errors.Is(err, session.ErrPassword):
		return part.Problem{Field: "password", Text: v.words.T("login.wrong")}, http.StatusForbidden
	}
	return part.Problem{}, 0
}

func (s *server) getLogin(v *visit) error {
	switch {
	case !s.Sessions.Claimed():
		return v.to("/claim")
	case v.in:
		return v.to(inner(v.r.Form.Get("to")))
	}
	return v.login(http.StatusOK, v.r.Form.Get("to"), nil)
}

func (v *visit) login(status int, to string, problems []part.Problem) error {
	f := v.frame("", "login.title")
	f.Narrow = true
	return v.show(status, page.Login(f, inner(to), problems))
}

// inner is a path of this page, whatever somebody put into a link.
func inner(to string) string {
	if len(to) > 2048 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

func (s *server) postLogin(v *visit) error {
	token, err := s.Sessions.Login(v.r.Context(), v.host(), v.r.PostForm.Get("password"))
	switch problem, status := v.door(err); {
	case err == nil:
		v.enter(token)
		return v.to(inner(v.r.PostForm.Get("to")))
	case errors.Is(err, session.ErrUnclaimed):
		return v.to("/claim")
	case status != 0:
		s.Logger.Warn("a login to the local page was refused", "from", v.host(), "err", err)
		return v.login(status, v.r.PostForm.Get("to"), []part.Problem{problem})
	}
	return err
}

func (s *server) postLogout(v *visit) error {
	s.Sessions.Logout(v.token)
	http.SetCookie(v.w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return v.to("/login")
}

func (s *server) getPassword(v *visit) error { return v.password(http.StatusOK, nil) }

func (v *visit) password(status int, problems []part.Problem) error {
	f := v.frame("", "password.title")
	f.Narrow = true
	return v.show(status, page.Password(f, problems))
}

func (s *server) postPassword(v *visit) error {
	form := v.r.PostForm
	if form.Get("password") != form.Get("again") {
		return v.password(http.StatusUnprocessableEntity, []part.Problem{{Field: "again", Text: v.words.T("claim.differ")}})
	}
	err := s.Sessions.SetPassword(v.r.Context(), v.token, v.host(), form.Get("old"), form.Get("password"))
	switch problem, status := v.door(err); {
	case err == nil:
		s.Logger.Info("the password of the local page was changed", "from", v.host())
		return v.done("/", "password.done")
	case errors.Is(err, session.ErrSession):
		return v.to("/login")
	case errors.Is(err, session.ErrPassword):
		problem.Field = "old"
		return v.password(status, []part.Problem{problem})
	case status != 0:
		return v.password(status, []part.Problem{problem})
	}
	return err
}

func (s *server) getOverview(v *visit) error {
	return v.show(http.StatusOK, page.Overview(v.frame("nav.overview", "overview.title"), s.Box.Overview(v.r.Context())))
}
