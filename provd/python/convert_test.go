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
	if len(names.known) != maxNames {
		t.Errorf("%d names are known, the bound is %d", len(names.known), maxNames)
	}
}
