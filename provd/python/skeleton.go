package python

func notReady() error { return TypeErrorf("not ready") }

// Format returns format(v, spec).
func Format(t *Thread, v Value, spec string) (string, error) { return "", notReady() }

// FormatValue formats one replacement field of an f-string: conversion is 0,
// 's', 'r' or 'a'.
func FormatValue(t *Thread, v Value, conversion byte, spec string) (string, error) {
	return "", notReady()
}

// PercentFormat evaluates `format % arg`.
func PercentFormat(t *Thread, format Str, arg Value) (Value, error) { return nil, notReady() }

// StrFormat evaluates format.format(*args, **kwargs).
func StrFormat(t *Thread, format string, args []Value, kwargs []Keyword) (string, error) {
	return "", notReady()
}

// Member is one member of an object made by ToGo.
type Member struct {
	Key   string
	Value any
}

// FromGo makes a Python value of a Go one: nil, bool, string, json.Number, int,
// int64, float64, []any, any Value, and ordered objects, which are values with
// methods Len() int and All() iter.Seq2[string, any].
func FromGo(v any) (Value, error) { return nil, notReady() }

// ToGo is the reverse of FromGo: None, bool, str, numbers (as json.Number),
// lists and tuples (as []any) and dicts. object makes the Go value of a dict from
// its members, in order; nil leaves them a []Member. Dict keys become strings as
// json.dumps makes them. Other values are a TypeError.
func ToGo(v Value, object func(members []Member) any) (any, error) { return nil, notReady() }

// FromJSON parses a JSON document as json.loads does.
func FromJSON(data []byte) (Value, error) { return nil, notReady() }

func dictUpdate(t *Thread, d *Dict, args []Value, kwargs []Keyword) error { return notReady() }
func strContains(t *Thread, s, sub string) (bool, error)                  { return false, notReady() }
func bytesContains(t *Thread, s Bytes, item Value) (bool, error)          { return false, notReady() }
func linkSingletons()                                                     {}
func linkNumbers()                                                        {}
func linkStr()                                                            {}
func linkBytes()                                                          {}
func linkSequences()                                                      {}
func linkDict()                                                           {}
func linkSet()                                                            {}
func linkRange()                                                          {}
