package central

import (
	"context"
	"encoding/json"
	"net/http"

	"provbox/provd"
)

// Amid is the client of wazo-amid. It is safe for concurrent use.
type Amid struct {
	http  *client
	token func() (string, error)
}

// NewAmid returns a client that acts with the tokens that token returns.
func NewAmid(e Endpoint, token func() (string, error)) *Amid {
	return &Amid{http: newClient("wazo-amid", e, "/1.0"), token: token}
}

// PJSIPNotify has Asterisk send a SIP NOTIFY: to a registered endpoint, or to a
// URI when endpoint is empty. Variables are headers and body lines such as
// "Event=check-sync" (spec/wazo-link.md section 3).
func (a *Amid) PJSIPNotify(ctx context.Context, endpoint, uri string, variables []string) error {
	token, err := a.token()
	if err != nil {
		return err
	}
	action := struct {
		Variable []string
		Endpoint string `json:",omitempty"`
		URI      string `json:",omitempty"`
	}{variables, endpoint, uri}
	var items []map[string]json.RawMessage
	code, err := a.http.do(ctx, request{method: http.MethodPost, path: "/action/PJSIPNotify", token: token, body: action}, &items,
		http.StatusOK, http.StatusUnauthorized)
	if err != nil {
		return err
	}
	if code == http.StatusUnauthorized {
		return provd.Errorf(provd.Denied, "wazo-amid does not accept the box's token; its policy needs amid.action.PJSIPNotify.create")
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
		return provd.Errorf(provd.Unavailable, "Asterisk did not send the NOTIFY: %s", message)
	}
	return nil
}
