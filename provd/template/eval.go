package template

import (
	"strings"

	"provbox/provd/python"
)

type constExpr struct{ value python.Value }

func (e *constExpr) eval(*frame) (python.Value, error) { return e.value, nil }

type nameExpr struct {
	ref  varRef
	name string
}

func (e *nameExpr) eval(f *frame) (python.Value, error) {
	if v := f.get(e.ref); v != nil {
		return v, nil
	}
	return undefinedName(e.name), nil
}

// bufferExpr is the text that a filter or set block captured.
type bufferExpr struct{ escape escapeMode }

func (e *bufferExpr) eval(f *frame) (python.Value, error) {
	if e.escape == escapeOn || e.escape == escapeAsk && f.ctx.esc.on {
		return markup(f.buffer), nil
	}
	return python.Str(f.buffer), nil
}

// valueSize is the charge for one element of a display.
const valueSize = 16

// evalAll evaluates expressions into a new slice.
func (f *frame) evalAll(list []expr) ([]python.Value, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if err := f.t.Alloc(int64(len(list)) * valueSize); err != nil {
		return nil, err
	}
	out := make([]python.Value, len(list))
	for i, e := range list {
		v, err := e.eval(f)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

type tupleExpr struct{ items []expr }

func (e *tupleExpr) eval(f *frame) (python.Value, error) {
	items, err := f.evalAll(e.items)
	return python.Tuple(items), err
}

type listExpr struct{ items []expr }

func (e *listExpr) eval(f *frame) (python.Value, error) {
	items, err := f.evalAll(e.items)
	return python.NewList(items), err
}

type dictExpr struct{ keys, values []expr }

func (e *dictExpr) eval(f *frame) (python.Value, error) {
	d := python.NewDict(len(e.keys))
	for i, k := range e.keys {
		key, err := k.eval(f)
		if err != nil {
			return nil, err
		}
		value, err := e.values[i].eval(f)
		if err != nil {
			return nil, err
		}
		if err := d.Set(f.t, key, value); err != nil {
			return nil, err
		}
	}
	return d, nil
}

type condExpr struct{ test, then, orElse expr }

func (e *condExpr) eval(f *frame) (python.Value, error) {
	v, err := e.test.eval(f)
	if err != nil {
		return nil, err
	}
	ok, err := truth(f.t, v)
	if err != nil {
		return nil, err
	}
	if ok {
		return e.then.eval(f)
	}
	return e.orElse.eval(f)
}

type logicExpr struct {
	or          bool
	left, right expr
}

func (e *logicExpr) eval(f *frame) (python.Value, error) {
	v, err := e.left.eval(f)
	if err != nil {
		return nil, err
	}
	ok, err := truth(f.t, v)
	if err != nil {
		return nil, err
	}
	if ok == e.or {
		return v, nil
	}
	return e.right.eval(f)
}

type notExpr struct{ node expr }

func (e *notExpr) eval(f *frame) (python.Value, error) {
	v, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	ok, err := truth(f.t, v)
	return python.Bool(!ok), err
}

type signExpr struct {
	op   python.UnaryOp
	node expr
}

func (e *signExpr) eval(f *frame) (python.Value, error) {
	v, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	return python.Unary(f.t, e.op, v)
}

type binaryExpr struct {
	op          python.BinaryOp
	left, right expr
}

func (e *binaryExpr) eval(f *frame) (python.Value, error) {
	a, err := e.left.eval(f)
	if err != nil {
		return nil, err
	}
	b, err := e.right.eval(f)
	if err != nil {
		return nil, err
	}
	return python.Binary(f.t, e.op, a, b)
}

type operand struct {
	op   python.CompareOp
	expr expr
}

type compareExpr struct {
	first expr
	ops   []operand
}

func (e *compareExpr) eval(f *frame) (python.Value, error) {
	a, err := e.first.eval(f)
	if err != nil {
		return nil, err
	}
	for i := range e.ops {
		op := &e.ops[i]
		b, err := op.expr.eval(f)
		if err != nil {
			return nil, err
		}
		v, err := compare(f.t, op.op, a, b)
		if err != nil || i == len(e.ops)-1 {
			return v, err
		}
		ok, err := truth(f.t, v)
		if err != nil || !ok {
			return v, err
		}
		a = b
	}
	return a, nil
}

// compare is python.Compare with the most frequent case in front.
func compare(t *python.Thread, op python.CompareOp, a, b python.Value) (python.Value, error) {
	if x, ok := a.(python.Str); ok && op <= python.OpNe {
		if y, ok := b.(python.Str); ok {
			return python.Bool((x == y) == (op == python.OpEq)), nil
		}
	}
	return python.Compare(t, op, a, b)
}

// truth is python.Truth with the most frequent cases in front.
func truth(t *python.Thread, v python.Value) (bool, error) {
	switch v := v.(type) {
	case python.Bool:
		return bool(v), nil
	case python.Str:
		return v != "", nil
	case python.NoneType, *undefined:
		return false, nil
	}
	return python.Truth(t, v)
}

// toStr is python.ToStr with the most frequent cases in front.
func toStr(t *python.Thread, v python.Value) (string, error) {
	switch v := v.(type) {
	case python.Str:
		return string(v), nil
	case python.Int:
		return itoa(int(v)), nil
	case python.NoneType:
		return "None", nil
	case *undefined:
		return "", nil
	case *python.Instance:
		if s, ok := v.Native.(python.Str); ok && v.Type() == markupRef.class {
			return string(s), nil
		}
	}
	return python.ToStr(t, v)
}

// concatExpr joins texts; markup escapes those that are not safe when one is.
type concatExpr struct {
	nodes  []expr
	markup bool
}

func (e *concatExpr) eval(f *frame) (python.Value, error) {
	values, err := f.evalAll(e.nodes)
	if err != nil {
		return nil, err
	}
	safe := false
	if e.markup {
		for _, v := range values {
			if safe, err = isSafe(f.t, v); err != nil || safe {
				break
			}
		}
	}
	size := 0
	texts := make([]string, len(values))
	for i, v := range values {
		if err == nil && safe {
			texts[i], err = escaped(f.t, v)
		} else if err == nil {
			texts[i], err = toStr(f.t, v)
		}
		size += len(texts[i])
	}
	if err != nil {
		return nil, err
	}
	if err := f.t.Alloc(int64(size)); err != nil {
		return nil, err
	}
	text := strings.Join(texts, "")
	if safe {
		return markup(text), nil
	}
	return python.Str(text), nil
}
