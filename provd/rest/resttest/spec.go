// Package resttest checks answers of the REST API against the description that the
// API serves of itself. It is for tests.
package resttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const documentURL = "provbox:///api.yml"

// Spec is the description of an API. It is safe for concurrent use.
type Spec struct {
	doc map[string]any

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	seen     map[string]bool // "GET /0.2/status 200"
}

// Exchange is one request and its answer.
type Exchange struct {
	Method, Path string // the path as it is on the wire, with its query
	Request      string // body
	Code         int
	Header       http.Header
	Answer       string // body
}

// Parse reads a description in YAML.
func Parse(text []byte) (*Spec, error) {
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("parse description: %w", err)
	}
	// What a schema is made from are the values that JSON gives.
	data, err := json.Marshal(raw)
	if err != nil {
		return nil, fmt.Errorf("parse description: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("parse description: %w", err)
	}
	s := &Spec{compiler: jsonschema.NewCompiler(), seen: make(map[string]bool)}
	if err := s.compiler.AddResource(documentURL, doc); err != nil {
		return nil, fmt.Errorf("parse description: %w", err)
	}
	s.doc, _ = doc.(map[string]any)
	if s.doc["openapi"] != "3.1.0" {
		return nil, errors.New("parse description: want openapi 3.1.0")
	}
	return s, nil
}

// Operations returns "METHOD path" of everything that is described, sorted.
func (s *Spec) Operations() []string {
	var all []string
	paths := s.object("paths")
	for path, item := range paths {
		for method := range item.(map[string]any) {
			if method != "parameters" {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Seen returns "METHOD path status" of what has been checked, sorted.
func (s *Spec) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for k := range s.seen {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// Check reports what in an exchange is not as described. A path or method that is
// not described must be answered as one that is not there.
func (s *Spec) Check(e Exchange) error {
	u, err := url.ParseRequestURI(e.Path)
	if err != nil {
		return err
	}
	where := e.Method + " " + e.Path
	path, op := s.find(e.Method, u.EscapedPath())
	if op == nil {
		if e.Code == http.StatusNotFound || e.Code == http.StatusMethodNotAllowed || e.Code == http.StatusNotImplemented || e.Method == http.MethodOptions {
			return nil
		}
		return fmt.Errorf("%s: not described, and answered %d", where, e.Code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[e.Method+" "+path+" "+strconv.Itoa(e.Code)] = true
	pointer := "/paths/" + escape(path) + "/" + strings.ToLower(s.method(e.Method, path))
	responses, _ := op["responses"].(map[string]any)
	answer, ok := responses[strconv.Itoa(e.Code)].(map[string]any)
	if !ok {
		return fmt.Errorf("%s: status %d is not described", where, e.Code)
	}
	if err := s.headers(answer, e); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	if e.Code < 300 {
		if err := s.query(op, u.Query()); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if body, ok := op["requestBody"].(map[string]any); ok {
			if err := s.content(body, pointer+"/requestBody", "application/vnd.proformatique.provd+json", e.Request); err != nil {
				return fmt.Errorf("%s: the request that was accepted: %w", where, err)
			}
		}
	}
	if e.Method == http.MethodHead {
		return nil
	}
	if err := s.content(answer, pointer+"/responses/"+strconv.Itoa(e.Code), e.Header.Get("Content-Type"), e.Answer); err != nil {
		return fmt.Errorf("%s: answer %d: %w: %.300s", where, e.Code, err, e.Answer)
	}
	return nil
}

func (s *Spec) headers(answer map[string]any, e Exchange) error {
	headers, _ := answer["headers"].(map[string]any)
	if _, ok := headers["Location"]; ok != (e.Header.Get("Location") != "") {
		return fmt.Errorf("status %d: Location %q, described: %v", e.Code, e.Header.Get("Location"), ok)
	}
	return nil
}

func (s *Spec) query(op map[string]any, given url.Values) error {
	known := map[string]bool{}
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		if r, _ := p.(map[string]any)["$ref"].(string); r != "" {
			known[r[strings.LastIndex(r, "/")+1:]] = true
		}
	}
	for name := range given {
		if !known[name] {
			return fmt.Errorf("parameter %q is not described", name)
		}
	}
	return nil
}

// content checks a body against what is described for its type.
func (s *Spec) content(in map[string]any, pointer, contentType, body string) error {
	content, _ := in["content"].(map[string]any)
	if content == nil {
		if body != "" {
			return errors.New("described as empty")
		}
		return nil
	}
	if content["application/octet-stream"] != nil {
		return nil
	}
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type %q: %w", contentType, err)
	}
	if _, ok := content[t]; !ok {
		return fmt.Errorf("content type %q is not described", t)
	}
	if !strings.HasSuffix(t, "json") {
		return nil
	}
	schema, err := s.compiler.Compile(documentURL + "#" + (&url.URL{Path: pointer + "/content/" + escape(t) + "/schema"}).EscapedPath())
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// find returns the path and the operation that describe a request.
func (s *Spec) find(method, escaped string) (string, map[string]any) {
	escaped = strings.TrimPrefix(escaped, "/api/provd")
	segments := strings.Split(escaped, "/")
	for _, wanted := range [2]bool{false, true} { // literal segments first
		for path, item := range s.object("paths") {
			if matches(strings.Split(path, "/"), segments) && strings.Contains(path, "{") == wanted {
				op, _ := item.(map[string]any)[strings.ToLower(s.method(method, path))].(map[string]any)
				return path, op
			}
		}
	}
	return "", nil
}

// method is the one that describes a request: HEAD is GET without a body.
func (s *Spec) method(method, path string) string {
	item, _ := s.object("paths")[path].(map[string]any)
	if method == http.MethodHead && item["head"] == nil {
		return http.MethodGet
	}
	return method
}

func (s *Spec) object(name string) map[string]any {
	o, _ := s.doc[name].(map[string]any)
	return o
}

func matches(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i, p := range pattern {
		if p != segments[i] && (!strings.HasPrefix(p, "{") || segments[i] == "") {
			return false
		}
	}
	return true
}

// escape writes one step of a JSON pointer.
func escape(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}
