package firmware

import (
	"context"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
)

// FuzzUnpack gives a file to every filter that reads what a stranger packed:
// whatever it is, what is made are files and folders inside the node, no more of
// them, no larger and no deeper than allowed, and the rest of the disk stays.
func FuzzUnpack(f *testing.F) {
	filters := []string{"unzip $F", "untar $F", "unrar $F", "7z $F", "unsign $F d/x.gz"}
	small := []member{{name: "d/x", content: "content"}, {name: "y", content: strings.Repeat("y", 2000)}}
	evil := []member{{name: "../../out", content: "x"}, {name: "/out", content: "x"}, {name: "l", content: "/etc", mode: '2'}, {name: "l/x", content: "x"}}
	for _, members := range [][]member{small, evil, evil[1:], evil[2:]} {
		tarred := makeTar(f, members...)
		f.Add(byte(0), makeZip(f, members...))
		f.Add(byte(1), tarred)
		for _, format := range []string{"gz", "bz2", "xz"} {
			f.Add(byte(1), compressWith(f, format, tarred))
		}
		f.Add(byte(2), makeRar(members...))
		f.Add(byte(3), make7z(members[0]))
		for _, method := range []string{copy7z, lzma7z, lzma27z} {
			f.Add(byte(3), encode7z(f, method, make7z(members[0])))
		}
		f.Add(byte(4), append([]byte("signed"), compressWith(f, "gz", tarred)...))
	}
	f.Fuzz(func(t *testing.T, filter byte, data []byte) {
		above := t.TempDir()
		for _, dir := range []string{"/box/cache", "/box/node"} {
			must(t, os.MkdirAll(above+dir, 0o755))
		}
		must(t, os.WriteFile(above+"/box/cache/f", data, 0o644))
		root, err := os.OpenRoot(above + "/box")
		must(t, err)
		defer root.Close()
		limits := Limits{Unpacked: 1 << 20, Entries: 20, Depth: 4}.withDefaults()
		w := &work{root: root, limits: limits, total: &budget{what: "all", bytes: 4 << 20, entries: 50}}
		words := strings.Fields(strings.ReplaceAll(filters[int(filter)%len(filters)], "$F", "f"))
		run, _, _, err := lookupFilter(words[0])
		must(t, err)
		// Most are refused; what was unpacked until then must be as harmless.
		before := allocated()
		_ = run(context.Background(), w, &tree{root: root, dir: "cache"}, &tree{root: root, dir: "node"}, words[1:])
		most := uint64(mostMemory)
		if words[0] == "unrar" {
			most = mostOfRar
		}
		if n := allocated() - before; n > most {
			t.Errorf("%s of %d bytes allocates %d", words[0], len(data), n)
		}
		checkNode(t, above, data, limits)
	})
}

// mostMemory is what unpacking one tiny archive may allocate, also when the
// garbage of several folders or blocks is counted; mostOfRar is for unrar, which
// cannot bound all of it.
const (
	mostMemory = 256 << 20
	mostOfRar  = 512 << 20
)

// allocated returns how many bytes the program has allocated until now.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func checkNode(t *testing.T, above string, data []byte, limits Limits) {
	t.Helper()
	files, size := 0, int64(0)
	must(t, fs.WalkDir(os.DirFS(above), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, ok := strings.CutPrefix(name, "box/node/")
		switch {
		case name == "." || name == "box" || name == "box/cache" || name == "box/node":
			return nil
		case name == "box/cache/f":
			if now, err := os.ReadFile(above + "/" + name); err != nil || string(now) != string(data) {
				t.Errorf("the archive was changed: %v", err)
			}
			return nil
		case !ok:
			t.Errorf("%q is outside of the node", name)
		case !d.IsDir() && !d.Type().IsRegular():
			t.Errorf("%q is neither a file nor a folder", name)
		case strings.Count(inside, "/")+1 > limits.Depth:
			t.Errorf("%q is too deep", name)
		case !d.IsDir():
			info, err := d.Info()
			if err != nil {
				return err
			}
			files++
			size += info.Size()
		}
		return nil
	}))
	if files > limits.Entries || size > max(limits.Unpacked, 2*int64(len(data))) {
		t.Errorf("%d files of %d bytes", files, size)
	}
}
