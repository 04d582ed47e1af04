package repository

import (
	"fmt"
	"strings"
	"testing"
)

const info = `"version":"1.0","description":"A","description_fr":"B","capabilities":{}`

func TestParseIndex(t *testing.T) {
	t.Parallel()
	const sum = "0123456789abcdef0123456789abcdef01234567"
	ok := `{"a":{` + info + `,"dsize":3,"filename":"a-1.tar.bz2","sha1sum":"` + sum + `"},`
	tests := []struct{ name, entry, want string }{
		{"no object", `"x":3}`, "x is not an object"},
		{"id is a path", `"../x":{}}`, `"../x" cannot be the id`},
		{"hidden id", `".new-x":{}}`, `".new-x" cannot be the id`},
		{"keys missing", `"x":{}}`, "missing capabilities key in x\ninvalid plugin info: missing description key in x\ninvalid plugin info: missing version key in x\ninvalid plugin info: missing dsize key in x\ninvalid plugin info: missing filename key in x\ninvalid plugin info: missing sha1sum key in x"},
		{"file name is a path", `"x":{` + info + `,"dsize":3,"filename":"../x.tar.bz2","sha1sum":"` + sum + `"}}`, `"../x.tar.bz2" is not the name`},
		{"file name of a URL", `"x":{` + info + `,"dsize":3,"filename":"http://h/x.tar.bz2","sha1sum":"` + sum + `"}}`, `is not the name`},
		{"size", `"x":{` + info + `,"dsize":99999999999,"filename":"x.tar.bz2","sha1sum":"` + sum + `"}}`, "dsize 99999999999 is not between"},
		{"size of nothing", `"x":{` + info + `,"dsize":0,"filename":"x.tar.bz2","sha1sum":"` + sum + `"}}`, "dsize 0 is not between"},
		{"hash", `"x":{` + info + `,"dsize":3,"filename":"x.tar.bz2","sha1sum":"0123"}}`, "sha1sum is not the hex form of 20 bytes"},
		{"empty second hash", `"x":{` + info + `,"dsize":3,"filename":"x.tar.bz2","sha1sum":"` + sum + `","sha256sum":""}}`, "sha256sum is not the hex form of 32 bytes"},
		{"file of another", `"x":{` + info + `,"dsize":3,"filename":"a-1.tar.bz2","sha1sum":"` + sum + `"}}`, "is that of a in x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ix, bad, err := parseIndex([]byte(ok + tt.entry))
			if err != nil || len(ix.ids) != 1 || ix.ids[0] != "a" || len(ix.entries) != 1 {
				t.Fatalf("the good entry is lost: %v, %v", ix, err)
			}
			if len(bad) != 1 || !strings.Contains(bad[0].Error(), tt.want) {
				t.Errorf("got %v, want …%s…", bad, tt.want)
			}
		})
	}
	many := []byte("{")
	for i := range maxEntries + 1 {
		many = fmt.Appendf(many, `"p%d":{},`, i)
	}
	for name, data := range map[string]string{
		"html": "<html>", "list": "[]", "nothing usable": `{"x":3}`, "cut": ok, "too many": string(many[:len(many)-1]) + "}",
	} {
		if _, _, err := parseIndex([]byte(data)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if ix, bad, err := parseIndex([]byte("{}")); err != nil || len(bad) != 0 || len(ix.ids) != 0 {
		t.Errorf("empty repository: %v, %v, %v", ix, bad, err)
	}
}
