//go:build ignore

// This program writes zones.txt: the rule each time zone follows from now on,
// taken from the footers (RFC 8536 section 3.3) of the time zone files that come
// with Go.
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		log.Fatal(err)
	}
	z, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		log.Fatal(err)
	}
	defer z.Close()
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			log.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			log.Fatal(err)
		}
		lines := bytes.Split(data, []byte("\n"))
		fmt.Fprintf(&out, "%s %s\n", f.Name, lines[len(lines)-2])
	}
	if err := os.WriteFile("zones.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
