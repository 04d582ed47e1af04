package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"provbox/appliance/phone"
)

// mediaType is what the API speaks.
const mediaType = "application/vnd.proformatique.provd+json"

// assign gives the first phone a line as wazo-confd does, over REST, and lets it
// load its configuration again. Then it waits for Ctrl-C.
func assign(ctx context.Context, rest string, again func()) error {
	api := "http://" + rest + "/0.2"
	mac := phone.Kinds()[0].MAC
	var found struct {
		Devices []map[string]any `json:"devices"`
	}
	q := url.Values{"q": {`{"mac":"` + mac + `"}`}, "recurse": {"true"}}
	if err := call(ctx, http.MethodGet, api+"/dev_mgr/devices?"+q.Encode(), nil, &found); err != nil {
		return err
	}
	if len(found.Devices) != 1 {
		return fmt.Errorf("the box does not know the phone %s", mac)
	}
	dev := found.Devices[0]
	id, _ := dev["id"].(string)
	dev["config"] = id
	fmt.Printf("\nA line for the Yealink, over REST: PUT device, POST config.\n\n")
	line := map[string]any{"username": "alice", "password": "s3cret", "display_name": "Alice", "number": "1001", "proxy_ip": "192.168.77.1", "registrar_ip": "192.168.77.1"}
	config := map[string]any{"id": id, "parent_ids": []string{"base", "defaultconfigdevice"}, "raw_config": map[string]any{"protocol": "SIP", "sip_lines": map[string]any{"1": line}}}
	if err := call(ctx, http.MethodPut, api+"/dev_mgr/devices/"+url.PathEscape(id), map[string]any{"device": dev}, nil); err != nil {
		return err
	}
	if err := call(ctx, http.MethodPost, api+"/cfg_mgr/configs", map[string]any{"config": config}, nil); err != nil {
		return err
	}
	again()
	fmt.Printf(`
The box stays up. Its REST API is at http://%[1]s/0.2, token "root":

  curl -H 'X-Auth-Token: root' 'http://%[1]s/0.2/dev_mgr/devices?recurse=true'
  curl -H 'X-Auth-Token: root' http://%[1]s/0.2/cfg_mgr/configs/%[2]s/raw
  curl -H 'X-Auth-Token: root' -H 'Content-Type: %[3]s' -d '{"id":"%[2]s"}' http://%[1]s/0.2/dev_mgr/synchronize

Ctrl-C ends it.
`, rest, id, mediaType)
	<-ctx.Done()
	return nil
}

func call(ctx context.Context, method, target string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, &content)
	if err != nil {
		return err
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", mediaType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, err := io.ReadAll(io.LimitReader(resp.Body, 1000))
		return errors.Join(fmt.Errorf("%s %s: %s: %s", method, req.URL.Path, resp.Status, text), err)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}
