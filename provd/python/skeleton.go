package python

import (
	"iter"
)

// classCache remembers attribute lookups of a class.
type classCache struct{}

func plainMessage(*Instance) string { return "" }

func notReady() error { return TypeErrorf("not ready") }

// Lookup finds a class attribute along the method resolution order, without
// binding it.
func (c *Class) Lookup(name string) (Value, bool) { return nil, false }

// NewClass makes a class as the class statement does, without the hooks that
// run code (__init_subclass__, __set_name__, metaclasses). ns is not copied.
func NewClass(name string, bases []*Class, ns *Dict) (*Class, error) { return nil, notReady() }

// BuildClass makes a class as the class statement does: bases may be any values
// (__mro_entries__ is honoured), kwargs are those of the class statement, ns is
// the executed body (with __module__ and __qualname__ in it).
func BuildClass(t *Thread, name string, bases []Value, ns *Dict, kwargs []Keyword) (Value, error) {
	return nil, notReady()
}

// NewBuiltinClass makes a class implemented in Go. It may be shared by programs
// as long as its functions are safe for concurrent use. A mistake in the
// specification (a base that may not be derived from) is the caller's bug and
// shows as an inconsistent class, not as an error.
func NewBuiltinClass(spec ClassSpec) *Class { return nil }

// Truth returns the truth value of v.
func Truth(t *Thread, v Value) (bool, error) { return false, notReady() }

// Equal reports whether a == b; identical values are equal without asking.
func Equal(t *Thread, a, b Value) (bool, error) { return false, notReady() }

// Compare evaluates `a op b`.
func Compare(t *Thread, op CompareOp, a, b Value) (Value, error) { return nil, notReady() }

// CompareBool is Compare followed by Truth.
func CompareBool(t *Thread, op CompareOp, a, b Value) (bool, error) { return false, notReady() }

// Binary evaluates `a op b`.
func Binary(t *Thread, op BinaryOp, a, b Value) (Value, error) { return nil, notReady() }

// InPlace evaluates `a op= b` and returns the new value of a.
func InPlace(t *Thread, op BinaryOp, a, b Value) (Value, error) { return nil, notReady() }

// Unary evaluates `op v`.
func Unary(t *Thread, op UnaryOp, v Value) (Value, error) { return nil, notReady() }

// GetAttr returns v.name.
func GetAttr(t *Thread, v Value, name string) (Value, error) { return nil, notReady() }

// LookupAttr is GetAttr that says false where GetAttr raises AttributeError.
func LookupAttr(t *Thread, v Value, name string) (Value, bool, error) { return nil, false, notReady() }

// LookupMethod returns what GetAttr returns, but does not make a bound method:
// when self is not nil, the call is fn(self, ...). It is for calls, where the
// bound method would be garbage at once.
func LookupMethod(t *Thread, v Value, name string) (fn, self Value, err error) {
	return nil, nil, notReady()
}

// SetAttr evaluates `v.name = value`.
func SetAttr(t *Thread, v Value, name string, value Value) error { return notReady() }

// DelAttr evaluates `del v.name`.
func DelAttr(t *Thread, v Value, name string) error { return notReady() }

// GetItem returns v[key].
func GetItem(t *Thread, v, key Value) (Value, error) { return nil, notReady() }

// SetItem evaluates `v[key] = value`.
func SetItem(t *Thread, v, key, value Value) error { return notReady() }

// DelItem evaluates `del v[key]`.
func DelItem(t *Thread, v, key Value) error { return notReady() }

// Contains evaluates `item in container`.
func Contains(t *Thread, container, item Value) (bool, error) { return false, notReady() }

// Iter returns an iterator over v (Python's iter, with the __getitem__
// fallback).
func Iter(t *Thread, v Value) (Iterator, error) { return nil, notReady() }

// Iterate calls f with each value of v, charging a step for each, until f
// returns an error.
func Iterate(t *Thread, v Value, f func(Value) error) error { return notReady() }

// ListOf returns the values of an iterable in a slice of the caller's own.
func ListOf(t *Thread, v Value) ([]Value, error) { return nil, notReady() }

// Call calls fn. args and kwargs are not kept.
func Call(t *Thread, fn Value, args []Value, kwargs []Keyword) (Value, error) { return nil, notReady() }

// CallMethod calls v.name(args...).
func CallMethod(t *Thread, v Value, name string, args ...Value) (Value, error) {
	return nil, notReady()
}

// ToStr returns str(v).
func ToStr(t *Thread, v Value) (string, error) { return "", notReady() }

// Repr returns repr(v).
func Repr(t *Thread, v Value) (string, error) { return "", notReady() }

// ASCII returns ascii(v).
func ASCII(t *Thread, v Value) (string, error) { return "", notReady() }

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

// Hash returns hash(v) as the 64 bits of Python's signed result.
func Hash(t *Thread, v Value) (uint64, error) { return 0, notReady() }

// Len returns len(v).
func Len(t *Thread, v Value) (int, error) { return 0, notReady() }

// IsCallable reports whether v can be called.
func IsCallable(v Value) bool { return false }

// Unpack assigns the arguments of a call to variables: pairs alternates a
// parameter name and a pointer. A name ending in "?" is optional and leaves the
// variable alone when absent; "name??" also leaves it alone for None; "$" alone
// (without a pointer) makes the following parameters keyword-only. Pointers may
// be to Value, string, Str, Bytes, bool, Bool, int, int64, float64, *List,
// *Dict, Tuple, *Class and Callable.
func Unpack(fname string, args []Value, kwargs []Keyword, pairs ...any) error { return notReady() }

// Builtins returns a new dict with the names of the builtins module.
func Builtins() *Dict { return new(Dict) }

// NewInt returns an int without allocating for small values.
func NewInt(i int) Value { return Int(i) }

// NewList returns a list that owns items.
func NewList(items []Value) *List { return &List{items: items} }

// Len returns the number of items.
func (l *List) Len() int { return len(l.items) }

// Items returns the items; the slice is the list's own and must not be changed
// or kept across calls into the program.
func (l *List) Items() []Value { return l.items }

// Append adds an item, charging its memory.
func (l *List) Append(t *Thread, v Value) error { return notReady() }

// NewDict returns an empty dict with room for n members.
func NewDict(n int) *Dict { return new(Dict) }

// Len returns the number of members.
func (d *Dict) Len() int { return d.live }

// Get returns the member for a key.
func (d *Dict) Get(t *Thread, key Value) (Value, bool, error) { return nil, false, notReady() }

// Set stores a member, charging its memory.
func (d *Dict) Set(t *Thread, key, value Value) error { return notReady() }

// Delete removes a member and reports whether it was there.
func (d *Dict) Delete(t *Thread, key Value) (bool, error) { return false, notReady() }

// GetStr returns the member for a string key. It needs no thread because
// strings compare without running code.
func (d *Dict) GetStr(key string) (Value, bool) { return nil, false }

// SetStr stores a member under a string key without charging memory.
func (d *Dict) SetStr(key string, value Value) {}

// DeleteStr removes a member and reports whether it was there.
func (d *Dict) DeleteStr(key string) bool { return false }

// All iterates over the members in order. The dict must not change meanwhile.
func (d *Dict) All() iter.Seq2[Value, Value] { return func(func(Value, Value) bool) {} }

// Copy returns a shallow copy.
func (d *Dict) Copy(t *Thread) (*Dict, error) { return nil, notReady() }

// Update adds all members of another dict.
func (d *Dict) Update(t *Thread, from *Dict) error { return notReady() }

// NewSet returns an empty set; frozen makes a frozenset.
func NewSet(frozen bool) *Set { return &Set{frozen: frozen} }

// Len returns the number of elements.
func (s *Set) Len() int { return s.dict.live }

// Add adds an element, charging its memory.
func (s *Set) Add(t *Thread, v Value) error { return notReady() }

// Has reports whether v is an element.
func (s *Set) Has(t *Thread, v Value) (bool, error) { return false, notReady() }

// All iterates over the elements in the order they were added.
func (s *Set) All() iter.Seq[Value] { return func(func(Value) bool) {} }

// NewSuper returns the super object for class and self. It raises TypeError when
// self is neither an instance nor a subclass of class.
func NewSuper(class *Class, self Value) (*Super, error) { return nil, notReady() }

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

// AppendRune appends the UTF-8 form of r, or for a surrogate its generalised
// three-byte form, which is how Str holds lone surrogates.
func AppendRune(b []byte, r rune) []byte { return b }

// DecodeRune returns the first code point of s and its length in bytes, reading
// what AppendRune writes. A byte that is not UTF-8 is the lone surrogate
// U+DC00+byte, as Python's surrogateescape has it; s must not be empty.
func DecodeRune(s string) (rune, int) { return 0, 1 }
