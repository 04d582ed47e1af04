package python

import (
	"context"
	"fmt"
	"testing"
)

func benchThread() *Thread {
	return NewThread(context.Background(), Limits{Steps: 1 << 62, Alloc: 1 << 62})
}

func BenchmarkDictGetStr(b *testing.B) {
	for _, n := range []int{4, 20, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := NewDict(0)
			for i := range n {
				d.SetStr(fmt.Sprintf("key_%d", i), NewInt(i))
			}
			var key Value = Str("key_3")
			t := benchThread()
			for b.Loop() {
				if _, ok, err := d.Get(t, key); !ok || err != nil {
					b.Fatal("lost")
				}
			}
		})
	}
}

func BenchmarkDictSet(b *testing.B) {
	keys := make([]Value, 100)
	for i := range keys {
		keys[i] = Str(fmt.Sprintf("XX_option_%d", i))
	}
	t := benchThread()
	for b.Loop() {
		d := new(Dict)
		for _, k := range keys {
			if err := d.Set(t, k, None); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkDictInt(b *testing.B) {
	t := benchThread()
	for b.Loop() {
		d := new(Dict)
		for i := range 100 {
			if err := d.Set(t, NewInt(i), None); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkAttr(b *testing.B) {
	t := benchThread()
	base, err := NewClass("Base", nil, new(Dict))
	if err != nil {
		b.Fatal(err)
	}
	base.ns.SetStr("kind", Str("base"))
	class := base
	for i := range 4 {
		if class, err = NewClass(fmt.Sprintf("C%d", i), []*Class{class}, new(Dict)); err != nil {
			b.Fatal(err)
		}
	}
	inst := NewInstance(class, nil)
	inst.Attrs().SetStr("x", NewInt(1))
	for _, name := range []string{"x", "kind"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := GetAttr(t, inst, name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkStrMethod(b *testing.B) {
	t := benchThread()
	var s Value = Str("linekey.12.value = 4001@example.org")
	calls := []struct {
		name string
		args []Value
	}{
		{"upper", nil},
		{"strip", nil},
		{"split", []Value{Str(".")}},
		{"replace", []Value{Str("."), Str("_")}},
		{"startswith", []Value{Str("linekey")}},
		{"find", []Value{Str("@")}},
	}
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := CallMethod(t, s, c.name, c.args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	t := benchThread()
	args := Tuple{Str("account"), NewInt(3), Str("4001")}
	b.Run("percent", func(b *testing.B) {
		for b.Loop() {
			if _, err := PercentFormat(t, "%s.%d.user_name = %s", args); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("str.format", func(b *testing.B) {
		for b.Loop() {
			if _, err := StrFormat(t, "{}.{}.user_name = {}", args, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("spec", func(b *testing.B) {
		for b.Loop() {
			if _, err := Format(t, NewInt(1234), "08.2f"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkArithmetic(b *testing.B) {
	t := benchThread()
	for b.Loop() {
		var v Value = NewInt(1)
		for i := range 100 {
			v, _ = Binary(t, OpAdd, v, NewInt(i))
		}
	}
}
