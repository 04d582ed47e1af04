package python

import (
	"strconv"
	"strings"
	"testing"
)

func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	names := NewNames()
	convert := func(object orderedObject) *Dict {
		t.Helper()
		v, err := names.FromGo(object)
		if err != nil {
			t.Fatal(err)
		}
		return v.(*Dict)
	}
	first, second := convert(orderedObject{{"a", 1}}), convert(orderedObject{{"a", 2}})
	first.SetStr("b", None)
	if v, _ := second.GetStr("a"); v != NewInt(2) || second.Len() != 1 {
		t.Errorf("the second object has %d members and a=%v after a change of the first", second.Len(), v)
	}
	for i := range 2 * maxNames {
		name := strconv.Itoa(i)
		if v, ok := convert(orderedObject{{name, i}}).GetStr(name); !ok || v != NewInt(i) {
			t.Fatalf("member %s is %v", name, v)
		}
	}
	convert(orderedObject{{strings.Repeat("x", maxNameSize+1), 1}})
	if names.known.Len() != maxNames {
		t.Errorf("%d names are known, the bound is %d", names.known.Len(), maxNames)
	}
}

// The dicts of one document share memory, and still nothing that is done to one of
// them shows in another.
func TestConvertedDictsStandAlone(t *testing.T) {
	t.Parallel()
	object := func(n int) orderedObject {
		var o orderedObject
		for i := range n {
			o = append(o, Member{"k" + strconv.Itoa(i), i})
		}
		return o
	}
	var document orderedObject
	for n := range 40 {
		document = append(document, Member{strconv.Itoa(n), object(n)})
	}
	for _, names := range []*Names{{}, NewNames()} {
		v, err := names.FromGo(document)
		if err != nil {
			t.Fatal(err)
		}
		top := v.(*Dict)
		at := func(n int) *Dict {
			t.Helper()
			v, ok := top.GetStr(strconv.Itoa(n))
			if !ok {
				t.Fatalf("there is no object with %d members", n)
			}
			return v.(*Dict)
		}
		for n := range 40 {
			d := at(n)
			d.DeleteStr("k0")
			for i := range 50 {
				d.SetStr("x"+strconv.Itoa(i), NewInt(1000*n+i))
			}
			top.SetStr("y"+strconv.Itoa(n), None)
		}
		for n := range 40 {
			d := at(n)
			want := max(n-1, 0) + 50
			if d.Len() != want {
				t.Fatalf("the object with %d members has %d, want %d", n, d.Len(), want)
			}
			for i := 1; i < n; i++ {
				if v, _ := d.GetStr("k" + strconv.Itoa(i)); v != NewInt(i) {
					t.Fatalf("in the object with %d members k%d is %v", n, i, v)
				}
			}
			for i := range 50 {
				if v, _ := d.GetStr("x" + strconv.Itoa(i)); v != NewInt(1000*n+i) {
					t.Fatalf("in the object with %d members x%d is %v", n, i, v)
				}
			}
		}
		if top.Len() != 80 {
			t.Errorf("the outermost dict has %d members", top.Len())
		}
	}
}

func TestConversionIsBounded(t *testing.T) {
	t.Parallel()
	nested := func(depth int) any {
		v := any([]any{})
		for i := 1; i < depth; i++ {
			if i%2 == 0 {
				v = []any{v}
			} else {
				v = orderedObject{{"o", v}}
			}
		}
		return v
	}
	for depth, ok := range map[int]bool{1: true, maxConvertDepth: true, maxConvertDepth + 1: false, 10 * maxConvertDepth: false} {
		if _, err := FromGo(nested(depth)); (err == nil) != ok {
			t.Errorf("%d values in each other: %v", depth, err)
		}
	}
	for _, bad := range []any{struct{}{}, []any{struct{}{}}, orderedObject{{"a", struct{}{}}}} {
		if _, err := FromGo(bad); !IsException(err, TypeError) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// Expecting the names of the object before never gives an object other names.
func TestNamesInAnotherOrder(t *testing.T) {
	t.Parallel()
	inner := func(keys ...string) (o orderedObject) {
		for i, k := range keys {
			o = append(o, Member{k, i})
		}
		return o
	}
	names := NewNames()
	for _, document := range []orderedObject{
		inner("a", "b", "c"),
		inner("a", "b", "c"),
		inner("b", "a", "x", "c"),
		inner("c"),
		{},
		inner("c", strings.Repeat("x", maxNameSize+1), "a", "b"),
		{{"a", inner("b", "c")}, {"b", inner("a")}, {"c", []any{inner("b"), inner("a", "b")}}},
		{{"b", inner("c", "b")}, {"a", inner()}, {"c", inner("")}},
	} {
		v, err := names.FromGo(document)
		if err != nil {
			t.Fatal(err)
		}
		remembers, err := Repr(NewThread(t.Context(), Limits{}), v)
		if err != nil {
			t.Fatal(err)
		}
		v, err = FromGo(document)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Repr(NewThread(t.Context(), Limits{}), v)
		if err != nil || remembers != plain {
			t.Errorf("%v, want %v, %v", remembers, plain, err)
		}
		for _, k := range document {
			if _, ok := v.(*Dict).GetStr(k.Key); !ok {
				t.Errorf("%s: %q is not found", plain, k.Key)
			}
		}
	}
}
