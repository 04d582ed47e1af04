package python

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testThread() *Thread { return NewThread(context.Background(), Limits{}) }

// TestDictAgainstModel drives a dict with random operations next to a plain
// ordered list of members.
func TestDictAgainstModel(t *testing.T) {
	t.Parallel()
	for _, keys := range []int{3, 8, 9, 40, 500} {
		t.Run(fmt.Sprint(keys), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(keys)))
			th := testThread()
			d := NewDict(keys / 2 % 30) // with room or without
			var order []string
			model := map[string]Value{}
			for step := range 5000 {
				name := fmt.Sprintf("k%d", random.IntN(keys))
				_, had := model[name]
				switch random.IntN(6) {
				case 0, 1:
					v := NewInt(step)
					if err := d.Set(th, Str(name), v); err != nil {
						t.Fatal(err)
					}
					model[name] = v
				case 2:
					v := NewInt(step)
					d.SetStr(name, v)
					model[name] = v
				case 3:
					ok, err := d.Delete(th, Str(name))
					if err != nil || ok != had {
						t.Fatalf("delete %s: %v %v, had %v", name, ok, err, had)
					}
					delete(model, name)
				case 4:
					if ok := d.DeleteStr(name); ok != had {
						t.Fatalf("delete %s: %v, had %v", name, ok, had)
					}
					delete(model, name)
				case 5:
					v, ok := d.GetStr(name)
					if ok != had || had && !Is(v, model[name]) {
						t.Fatalf("get %s: %v %v, want %v %v", name, v, ok, model[name], had)
					}
				}
				_, has := model[name]
				if has && !had {
					order = append(order, name)
				} else if had && !has {
					for i, n := range order {
						if n == name {
							order = append(order[:i], order[i+1:]...)
							break
						}
					}
				}
				if d.Len() != len(model) {
					t.Fatalf("step %d: %d members, want %d", step, d.Len(), len(model))
				}
			}
			var got []string
			for k := range d.All() {
				got = append(got, string(k.(Str)))
			}
			if diff := cmp.Diff(order, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			c, err := d.Copy(th)
			if err != nil {
				t.Fatal(err)
			}
			if eq, err := Equal(th, c, d); err != nil || !eq {
				t.Errorf("the copy differs: %v %v", eq, err)
			}
		})
	}
}

// TestDictStringSubclass checks that a string and an instance of a class derived
// from str are one key, through both ways in.
func TestDictStringSubclass(t *testing.T) {
	t.Parallel()
	th := testThread()
	class, err := NewClass("S", []*Class{StrClass}, new(Dict))
	if err != nil {
		t.Fatal(err)
	}
	key, err := Call(th, class, []Value{Str("key")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDict(0)
	d.SetStr("key", NewInt(1))
	if err := d.Set(th, key, NewInt(2)); err != nil {
		t.Fatal(err)
	}
	if v, _ := d.GetStr("key"); d.Len() != 1 || v != Value(Int(2)) {
		t.Errorf("got %d members, %v", d.Len(), v)
	}
	e := NewDict(0)
	if err := e.Set(th, key, NewInt(3)); err != nil {
		t.Fatal(err)
	}
	if v, ok := e.GetStr("key"); !ok || v != Value(Int(3)) {
		t.Errorf("a plain string does not find the subclass's key: %v %v", v, ok)
	}
}

func TestDictChargesMemory(t *testing.T) {
	t.Parallel()
	th := NewThread(context.Background(), Limits{Alloc: 10 * entryBytes})
	d := NewDict(0)
	var err error
	for i := 0; err == nil && i < 100; i++ {
		err = d.Set(th, NewInt(i), None)
	}
	if _, ok := err.(*LimitError); !ok || d.Len() != 10 {
		t.Errorf("%d members, error %v; want 10 and a limit", d.Len(), err)
	}
}

// A dict has the room that it was made with, and grows beyond it.
func TestDictWithRoom(t *testing.T) {
	t.Parallel()
	for n := range 200 {
		d := NewDict(n)
		room := cap(d.entries)
		for i := range 2*n + 3 {
			if i == n && cap(d.entries) != room {
				t.Fatalf("NewDict(%d) had room for %d members and has for %d", n, room, cap(d.entries))
			}
			d.SetStr(fmt.Sprint(i), Int(i))
		}
		for _, d := range []*Dict{d, d.clone()} {
			for i := range 2*n + 3 {
				if v, ok := d.GetStr(fmt.Sprint(i)); !ok || v != Value(Int(i)) {
					t.Fatalf("NewDict(%d): member %d is %v, %v", n, i, v, ok)
				}
			}
			if _, ok := d.GetStr("x"); ok || d.Len() != 2*n+3 {
				t.Fatalf("NewDict(%d) has %d members", n, d.Len())
			}
		}
	}
}

func TestDictKeys(t *testing.T) {
	t.Parallel()
	a, b := NewKey("a"), NewKey("b")
	d := NewDict(0)
	if v, ok := d.GetKey(a); ok {
		t.Errorf("an empty dict has %v", v)
	}
	d.SetKey(a, NewInt(1))
	d.SetStr("a", NewInt(2))
	d.SetKey(b, NewInt(3))
	d.SetKey(b, NewInt(4))
	for key, want := range map[Key]Value{a: NewInt(2), b: NewInt(4)} {
		byKey, _ := d.GetKey(key)
		byName, _ := d.GetStr(string(key.Value().(Str)))
		if byKey != want || byName != want {
			t.Errorf("%v is %v by its key and %v by its name, want %v", key.Value(), byKey, byName, want)
		}
	}
	if v, ok := d.GetKey(NewKey("c")); ok || d.Len() != 2 {
		t.Errorf("c is %v in a dict of %d", v, d.Len())
	}
}
