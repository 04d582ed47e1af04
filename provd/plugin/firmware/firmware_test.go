package firmware

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const example = `
# firmware of two models
[pkg_500-fw]
description: Firmware for the 500
description_fr: Micrologiciel
 du 500
version = 1.2
files: main
       locale
install: move 500.rom
depends: lang

[pkg_lang]
description: Languages
version: 1
files: locale

[file_main]
url: http://192.0.2.1/fw/500(1.2).zip
size: 10
sha1sum: 000102030405060708090a0b0c0d0e0f10111213

[file_locale]
url:
filename: locale.zip
downloader: auth
size: 5
sha1sum: 000102030405060708090A0B0C0D0E0F10111213

[install_move]
A-b: unzip $FILE1
b-c: cp */$ARG1 firmware/
`

func TestParse(t *testing.T) {
	t.Parallel()
	db, err := Parse(example)
	if err != nil {
		t.Fatal(err)
	}
	sum := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}
	want := &DB{
		Packages: []Package{
			{
				ID: "500-fw", Version: "1.2", Description: "Firmware for the 500",
				Descriptions: map[string]string{"fr": "Micrologiciel\ndu 500"},
				Files:        []string{"main", "locale"}, Install: "move", Args: []string{"500.rom"}, Depends: []string{"lang"},
			},
			{ID: "lang", Version: "1", Description: "Languages", Descriptions: map[string]string{}, Files: []string{"locale"}},
		},
		Files: map[string]File{
			"main":   {ID: "main", URL: "http://192.0.2.1/fw/500(1.2).zip", Name: "500(1.2).zip", Size: 10, SHA1: sum, Downloader: "default"},
			"locale": {ID: "locale", Name: "locale.zip", Size: 5, SHA1: sum, Downloader: "auth"},
		},
		Installs: map[string]Install{"move": {ID: "move", Steps: []Step{
			{From: "a", To: "b", Filter: "unzip", Args: []string{"$FILE1"}},
			{From: "b", To: "c", Filter: "cp", Args: []string{"*/$ARG1", "firmware/"}},
		}}},
	}
	if diff := cmp.Diff(want, db); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := db.DownloadSize(db.Packages[0]); n != 15 {
		t.Errorf("download size %d, want 15", n)
	}
	if d := db.Packages[0].Localized("fr_CA"); !strings.HasPrefix(d, "Micro") {
		t.Errorf("French description is %q", d)
	}
	if d := db.Packages[0].Localized("de_DE"); d != "Firmware for the 500" {
		t.Errorf("German description is %q", d)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ src, want string }{
		"unknown section":    {"[firmware_x]\na: b\n", "[firmware_x]: unknown kind"},
		"section twice":      {"[pkg_x]\n[pkg_x]\n", "line 2: section pkg_x is there twice"},
		"option twice":       {"[pkg_x]\nversion: 1\nVersion: 2\n", "line 3: option version is there twice"},
		"no section":         {"version: 1\n", "line 1: neither"},
		"open bracket":       {"[pkg_x\n", "line 1: section without"},
		"id option":          {"[pkg_x]\nid: y\n", "id is not allowed"},
		"unknown file":       {"[pkg_x]\nfiles: y\n", "package x: unknown file y"},
		"unknown install":    {"[pkg_x]\ninstall: y\n", "package x: unknown install y"},
		"unknown dependency": {"[pkg_x]\ndepends: y\n", "package x: unknown package y"},
		"size":               {"[file_x]\nurl:\nsize: much\nsha1sum:\n", `size "much"`},
		"hash":               {"[file_x]\nurl:\nsize: 1\nsha1sum: 1z\n", `sha1sum "1z"`},
		"missing option":     {"[file_x]\nurl:\nsize: 1\n", "sha1sum is missing"},
		"file name escapes":  {"[file_x]\nurl:\nfilename: ../x\nsize: 1\nsha1sum: 000102030405060708090a0b0c0d0e0f10111213\n", "not a plain name"},
		"step":               {"[install_x]\nab: unzip\n", `want "source-destination`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse(tt.src); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	db, err := Read(fstest.MapFS{
		"pkgs/a.db":       {Data: []byte("[pkg_a]\nfiles: f\n")},
		"pkgs/b.db":       {Data: []byte("[file_f]\nurl: http://x/y\nsize: 1\nsha1sum: 000102030405060708090a0b0c0d0e0f10111213\n")},
		"pkgs/.hidden.db": {Data: []byte("nonsense")},
	})
	if err != nil || len(db.Packages) != 1 || len(db.Files) != 1 {
		t.Errorf("got %+v, %v", db, err)
	}
	if db, err := Read(fstest.MapFS{}); err != nil || len(db.Packages) != 0 {
		t.Errorf("without databases: %+v, %v", db, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("[pkg_")
	f.Fuzz(func(t *testing.T, src string) {
		db, err := Parse(src)
		if err != nil {
			return
		}
		for _, p := range db.Packages {
			if db.DownloadSize(p) < 0 && len(p.Files) < 2 {
				t.Fatalf("negative size of %+v", p)
			}
		}
	})
}
