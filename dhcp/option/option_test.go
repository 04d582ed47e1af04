package option

import "testing"

func TestBuiltin(t *testing.T) {
	tab, err := Builtin()
	if err != nil { t.Fatal(err) }
	t.Log(len(tab.Names()))
}
