package rest

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"provbox/provd/document"
)

const (
	// descriptionPath is where wazo-provd has its description, which is open.
	descriptionPath = "/api/api.yml"
	// fileBody is the body of a request that sends a file.
	fileBody = "file"
)

// describe answers with the OpenAPI document, as text/html: what wazo-provd says of
// its own.
func (c *call) describe() error {
	c.leave()
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(c.w, c.openAPI)
	return nil
}

func (c *call) empty() error {
	c.w.WriteHeader(http.StatusOK)
	return nil
}

// openAPI describes the routes in OpenAPI 3.1. Those without a description are left
// out.
func openAPI(routes []route) *document.Object {
	paths := doc()
	said := descriptions()
	for i := range routes {
		r := &routes[i]
		path := "/" + strings.Join(r.path, "/")
		d, ok := said[r.method+" "+strings.TrimPrefix(path, "/0.2")]
		if !ok {
			continue
		}
		item := paths.Object(path)
		if item == nil {
			item = doc()
			if names := r.names(); len(names) > 0 {
				item.Set("parameters", names)
			}
			paths.Set(path, item)
		}
		item.Set(strings.ToLower(r.method), operation(r, d))
	}
	return doc(
		"openapi", "3.1.0",
		"info", doc("title", "Provbox", "version", "0.2",
			"description", "The wazo-provd API. Paths are also found below /api/provd, and below what X-Script-Name says."),
		"paths", paths,
		"components", doc(
			"securitySchemes", doc("wazo_auth_token", doc("type", "apiKey", "in", "header", "name", "X-Auth-Token")),
			"parameters", withTenant(withDHCP(parameters(), dhcpParameters())),
			"schemas", withDHCP(schemas(), dhcpSchemas()),
		),
	)
}

func withTenant(all *document.Object) *document.Object {
	all.Set("tenant", doc("name", "Wazo-Tenant", "in", "header", "description", "The tenant to act for; the token's own otherwise.", "schema", typed("string")))
	return all
}

// names are the parameters of a path.
func (r *route) names() []any {
	var all []any
	for _, segment := range r.path {
		if name := strings.Trim(segment, "{}"); name != segment {
			all = append(all, doc("name", name, "in", "path", "required", true, "schema", typed("string")))
		}
	}
	return all
}

// operation describes one route.
func operation(r *route, d description) *document.Object {
	op := doc("summary", d.summary)
	var shared []any
	if r.acl != "" {
		op.Set("description", "ACL: `"+r.acl+"`")
		op.Set("security", []any{doc("wazo_auth_token", []any{})})
		shared = append(shared, doc("$ref", "#/components/parameters/tenant"))
	}
	for _, name := range d.query {
		shared = append(shared, doc("$ref", "#/components/parameters/"+name))
	}
	if len(shared) > 0 {
		op.Set("parameters", shared)
	}
	switch d.body {
	case "":
	case fileBody:
		op.Set("requestBody", doc("required", true, "content", doc("application/octet-stream", doc())))
	default:
		op.Set("requestBody", doc("required", true, "content", doc(mediaType, doc("schema", ref(d.body)))))
	}
	answers := doc(strconv.Itoa(d.code), success(d))
	for _, code := range r.failures(d) {
		answers.Set(strconv.Itoa(code), failure(code))
	}
	op.Set("responses", answers)
	return op
}

func success(d description) *document.Object {
	answer := doc("description", http.StatusText(d.code))
	if d.location {
		answer.Set("headers", doc("Location", doc("required", true, "schema", doc("type", "string", "pattern", "^/0\\.2/"))))
	}
	switch d.answer {
	case "":
	case yamlAnswer:
		answer.Set("content", doc("text/html", doc("schema", typed("string"))))
	case streamAnswer:
		answer.Set("content", doc(streamReader, doc("schema", typed("string"))))
	default:
		answer.Set("content", doc(mediaType, doc("schema", ref(d.answer))))
	}
	return answer
}

// failures are the statuses that a route can have beside success, in order.
func (r *route) failures(d description) []int {
	codes := append([]int{http.StatusInternalServerError, http.StatusServiceUnavailable}, d.also...)
	if r.acl != "" {
		codes = append(codes, http.StatusUnauthorized)
	}
	if d.body != "" {
		codes = append(codes, http.StatusBadRequest)
	}
	if d.body != "" && !r.file {
		codes = append(codes, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if r.method == http.MethodGet && r.accept {
		codes = append(codes, http.StatusNotAcceptable)
	}
	for _, segment := range r.path {
		if segment == "{plugin_id}" || segment == "{oip}" {
			codes = append(codes, http.StatusNotFound) // an unknown one is an unknown path
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// failure is the answer of one status: a text, and where the API's frame answers a
// page.
func failure(code int) *document.Object {
	content, schema := doc(), doc("schema", typed("string"))
	if code != http.StatusUnauthorized {
		content.Set("text/plain", schema)
	}
	switch code {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusInternalServerError:
		content.Set("text/html", schema)
	}
	return doc("description", http.StatusText(code), "content", content)
}
