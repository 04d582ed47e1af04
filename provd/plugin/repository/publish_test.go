package repository

import (
	"archive/tar"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnpack(t *testing.T) {
	t.Parallel()
	comment := member{tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}, ""}
	tests := []struct {
		name    string
		archive []byte
		id      string
		want    string // error
	}{
		{"package", tarball(t, file("p/x", "y")), "p", ""},
		{"folder and comment first", tarball(t, comment, file("./", ""), file("./p/", ""), file("./p/x", "y")), "p", ""},
		{"empty", tarball(t), "", "the archive is empty"},
		{"nothing but the folder it was made in", tarball(t, file("./", "")), "", "the archive is empty"},
		{"parent", tarball(t, file("../x", "y")), "", "cannot be the id"},
		{"absolute", tarball(t, file("/p/x", "y")), "", "cannot be the id"},
		{"hidden", tarball(t, file(".p/x", "y")), "", "cannot be the id"},
		{"parent below", tarball(t, file("p/../../x", "y")), "", "cannot be the id"},
		{"file", tarball(t, file("p", "y")), "p", "should be a folder"},
		{"two folders", tarball(t, file("p/x", "y"), file("q/x", "y")), "p", "outside of the folder p"},
		{"no archive", []byte("<html>"), "", "bzip2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			id, err := Unpack(t.Context(), bytes.NewReader(tt.archive), int64(len(tt.archive)), openRoot(t, dir))
			if id != tt.id || tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %q, %v", id, err)
			}
			if tt.want != "" {
				return
			}
			if diff := cmp.Diff(map[string]string{"p/": "", "p/x": "y"}, tree(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := Unpack(t.Context(), bytes.NewReader(nil), MaxArchive+1, (*os.Root)(nil)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("too large: %v", err)
	}
}

func TestCheckIndex(t *testing.T) {
	t.Parallel()
	const good = `"a": {"version": "1", "description": "A", "capabilities": {}, "dsize": 1, "filename": "a-1.tar.bz2", "sha1sum": "000102030405060708090a0b0c0d0e0f10111213"}`
	for _, tt := range []struct{ name, data, want string }{
		{"good", "{" + good + "}", ""},
		{"one of two is bad", "{" + good + `, "b": {}}`, "in b"},
		{"no JSON", "x", "invalid plugins.db"},
		{"too large", strings.Repeat(" ", maxIndex+1), "at most"},
	} {
		err := CheckIndex([]byte(tt.data))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if !ValidArchiveName("a-1.tar.bz2") || ValidArchiveName("../a-1.tar.bz2") {
		t.Error("names of archives")
	}
}
