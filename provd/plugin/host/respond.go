package host

import (
	"net/http"
	"path"
	"strings"

	"provbox/provd"
	"provbox/provd/python"
)

// Response is what a package's own HTTP service answers.
type Response struct {
	Status int
	Header map[string]string
	Body   []byte
	// File, when not "", is the name of the file to send in place of Body,
	// relative to the package: some part of the service is a served directory.
	File string
}

// Bounds of what a service sees and says.
const (
	maxSegments = 64      // of the path of a request
	maxAnswer   = 8 << 20 // bytes of an answer
	maxHeaders  = 64
	maxHeader   = 4 << 10 // bytes of a header's name and value
)

// notDoneYet is what render returns when the answer is what it wrote, and ends
// with finish.
const notDoneYet = python.Int(1)

// Respond lets a service that is a tree of resources answer a request
// (spec/ident.md section 13.1). route is the path below which its tree begins,
// undecoded: without a provisioning key. What the tree does not have is a 404. The
// answer is complete when everything that the package left to do is done, so the
// function that is returned is to be called then.
func Respond(t *python.Thread, service python.Value, dev provd.Device, req provd.Request, route string) (func() (Response, error), error) {
	r := &Request{req: req, read: func(string) {}}
	if dev.Object != nil {
		device, err := python.FromGo(dev.Object)
		if err != nil {
			return nil, err
		}
		r.own = map[string]python.Value{"prov_dev": device}
	}
	segments := pathSegments(route).Items()
	if len(segments) > maxSegments {
		return answered(Response{Status: http.StatusNotFound}), nil
	}
	if rewrite, ok, err := python.LookupAttr(t, service, "path_preprocess"); err != nil {
		return nil, err
	} else if ok {
		if err := setAll(t, r, "postpath", python.NewList(segments)); err != nil {
			return nil, err
		}
		if _, err := python.Call(t, rewrite, []python.Value{r}, nil); err != nil {
			return nil, err
		}
		rewritten, err := python.GetAttr(t, r, "postpath")
		if err != nil {
			return nil, err
		}
		if segments, err = python.ListOf(t, rewritten); err != nil {
			return nil, err
		}
	}
	return r.walk(t, service, segments)
}

// walk goes down the tree and lets the node at its end answer.
func (r *Request) walk(t *python.Thread, node python.Value, segments []python.Value) (func() (Response, error), error) {
	for steps := 0; len(segments) > 0; {
		if root, ok, err := ServedDirectory(t, node); err != nil {
			return nil, err
		} else if ok && root != "" {
			return r.file(t, root, segments)
		}
		leaf, err := python.GetAttr(t, node, "isLeaf")
		if err != nil {
			return nil, err
		}
		if stop, err := python.Truth(t, leaf); err != nil {
			return nil, err
		} else if stop {
			break
		}
		segment := segments[0]
		segments = segments[1:]
		if err := setAll(t, r, "postpath", python.NewList(segments)); err != nil {
			return nil, err
		}
		if node, err = python.CallMethod(t, node, "getChildWithDefault", segment, r); err != nil {
			return nil, err
		}
		if node == python.None {
			return answered(Response{Status: http.StatusNotFound}), nil
		}
		// A node may have given segments back, or taken some.
		rest, err := python.GetAttr(t, r, "postpath")
		if err != nil {
			return nil, err
		}
		if segments, err = python.ListOf(t, rest); err != nil {
			return nil, err
		}
		if steps++; steps > maxSegments {
			return answered(Response{Status: http.StatusNotFound}), nil
		}
	}
	if root, ok, err := ServedDirectory(t, node); err != nil {
		return nil, err
	} else if ok && root != "" { // the directory itself
		return r.file(t, root, nil)
	}
	if err := setAll(t, r, "postpath", python.NewList(segments)); err != nil {
		return nil, err
	}
	result, err := python.CallMethod(t, node, "render", r)
	if python.IsException(err, unsupportedMethod) {
		return answered(Response{Status: http.StatusMethodNotAllowed}), nil
	}
	if err != nil {
		return nil, err
	}
	if result != notDoneYet {
		content, err := octets(t, result)
		if err != nil {
			return nil, err
		}
		r.written, r.finished = append(r.written, content...), true
	}
	return r.answer, nil
}

func answered(resp Response) func() (Response, error) {
	return func() (Response, error) { return resp, nil }
}

// answer is what the package said, once it has nothing left to do.
func (r *Request) answer() (Response, error) {
	if !r.finished {
		return Response{}, python.RuntimeErrorf("the answer to %s was never finished", r.req.Path)
	}
	if r.status < 200 || r.status > 599 {
		r.status = http.StatusOK
	}
	return Response{Status: r.status, Header: r.header, Body: r.written}, nil
}

// file is the answer of a directory that is part of the tree.
func (r *Request) file(t *python.Thread, root string, segments []python.Value) (func() (Response, error), error) {
	if m := method(&r.req); m != http.MethodGet {
		return answered(Response{Status: http.StatusMethodNotAllowed}), nil
	}
	name := root
	for _, v := range segments {
		s, err := octets(t, v)
		if err != nil {
			return nil, err
		}
		if s == "" { // a directory, like a trailing slash
			return answered(Response{Status: http.StatusForbidden}), nil
		}
		if s == "." || s == ".." || strings.ContainsAny(s, "/\\\x00") {
			return answered(Response{Status: http.StatusNotFound}), nil
		}
		name = path.Join(name, s)
	}
	return answered(Response{Status: http.StatusOK, File: name}), nil
}
