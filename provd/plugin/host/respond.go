package host

import (
	"net/http"

	"provbox/provd"
	"provbox/provd/python"
)

// Response is what a package's own HTTP service answers.
type Response struct {
	Status int
	Header map[string]string
	Body   []byte
}

// maxSegments bounds the path of a request to a package's own service.
const maxSegments = 64

// Respond lets a service that is a tree of resources answer a request
// (spec/ident.md section 13.1). What the tree does not have is a 404.
func Respond(t *python.Thread, service python.Value, req provd.Request, method string) (Response, error) {
	r := &Request{req: req, read: func(string) {}, method: method}
	segments := pathSegments(req.Path).Items()
	if len(segments) > maxSegments {
		return Response{Status: http.StatusNotFound}, nil
	}
	node := service
	for len(segments) > 0 {
		leaf, err := python.GetAttr(t, node, "isLeaf")
		if err != nil {
			return Response{}, err
		}
		if stop, err := python.Truth(t, leaf); err != nil {
			return Response{}, err
		} else if stop {
			break
		}
		segment := segments[0]
		segments = segments[1:]
		if err := setAll(t, r, "postpath", python.NewList(segments)); err != nil {
			return Response{}, err
		}
		if node, err = python.CallMethod(t, node, "getChildWithDefault", segment, r); err != nil {
			return Response{}, err
		}
		if node == python.None {
			return Response{Status: http.StatusNotFound}, nil
		}
	}
	body, err := python.CallMethod(t, node, "render", r)
	if python.IsException(err, unsupportedMethod) {
		return Response{Status: http.StatusMethodNotAllowed}, nil
	}
	if err != nil {
		return Response{}, err
	}
	content, err := octets(t, body)
	if err != nil {
		return Response{}, err
	}
	if r.status < 100 || r.status > 599 {
		r.status = http.StatusOK
	}
	return Response{Status: r.status, Header: r.header, Body: []byte(content)}, nil
}
