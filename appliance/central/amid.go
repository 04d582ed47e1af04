package central

import (
	"context"
	"encoding/json"
	"net/http"

	"provbox/provd"
)

// Amid is the client of wazo-amid. It is safe for concurrent use.
type Amid struct {
	http   *client
	tokens Tokens
}

// NewAmid returns a client that acts with the box's own tokens.
func NewAmid(e Endpoint, tokens Tokens) *Amid {
	return &Amid{http: newClient("wazo-amid", e, "/1.0"), tokens: tokens}
}

// PJSIPNotify has Asterisk send a SIP NOTIFY: to a registered endpoint, or to a
// URI when endpoint is empty. Variables are headers and body lines such as
// "Event=check-sync" (spec/wazo-link.md section 3).
//
// The error is an *provd.Error: Unavailable when wazo-amid or wazo-auth is away
// and trying again may help, any other code when it does not.
func (a *Amid) PJSIPNotify(ctx context.Context, endpoint, uri string, variables []string) error {
	action := struct {
		Variable []string
		Endpoint string `json:",omitempty"`
		URI      string `json:",omitempty"`
	}{variables, endpoint, uri}
	if endpoint != "" {
		action.URI = ""
	}
	var items []map[string]json.RawMessage
	code := 0
	err := withToken(ctx, a.tokens, func(token string) (int, error) {
		var err error
		items = nil
		code, err = a.http.do(ctx, request{method: http.MethodPost, path: "/action/PJSIPNotify", token: token, body: action}, &items,
			http.StatusOK, http.StatusUnauthorized, http.StatusBadRequest)
		return code, err
	})
	switch {
	case provd.CodeOf(err) == provd.Denied && err != nil:
		return provd.Errorf(provd.Denied, "wazo-amid does not accept the box's token; its policy needs amid.action.PJSIPNotify.create")
	case err != nil:
		return err
	case code == http.StatusBadRequest:
		return provd.Errorf(provd.Invalid, "wazo-amid does not understand the NOTIFY")
	case items == nil:
		return provd.Errorf(provd.Unavailable, "wazo-amid answered something that is not the expected JSON")
	}
	for _, item := range items {
		var response, message string
		_ = json.Unmarshal(item["Response"], &response) // what is no text is no error answer
		if response != "Error" {
			continue
		}
		if err := json.Unmarshal(item["Message"], &message); err != nil || len(message) > 200 {
			message = "no reason given"
		}
		return provd.Errorf(provd.Invalid, "Asterisk did not send the NOTIFY: %s", message)
	}
	return nil
}
