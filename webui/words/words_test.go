package words

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var verbs = regexp.MustCompile(`%(?:\[\d+\])?[a-zA-Z%]`)

// Every language has every text, with the same things filled in.
func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	filled := func(text string) []string {
		var all []string
		for i, v := range verbs.FindAllString(text, -1) {
			if !strings.Contains(v, "[") {
				v = fmt.Sprintf("%%[%d]%s", i+1, v[1:])
			}
			all = append(all, v)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	english := c.words[0]
	for _, w := range c.words[1:] {
		for key, text := range english.texts {
			other, ok := w.texts[key]
			if !ok || strings.TrimSpace(other) == "" {
				t.Errorf("%s has no %q", w.Language(), key)
			} else if diff := cmp.Diff(filled(text), filled(other)); diff != "" {
				t.Errorf("%s %q fills in something else (-en +%s):\n%s", w.Language(), key, w.Language(), diff)
			}
		}
		for key := range w.texts {
			if _, ok := english.texts[key]; !ok {
				t.Errorf("%s has %q, English does not", w.Language(), key)
			}
		}
	}
}

// Keys as pages write them; those put together at run time end in a dot.
var used = regexp.MustCompile(`"((?:[a-z]+\.)+[a-z0-9_]*)"`)

// Every key that a page uses is there, and none is there for nothing.
func TestKeysAreUsed(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	texts := c.words[0].texts
	whole, parts := map[string]bool{}, map[string]bool{}
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		if ext := filepath.Ext(path); ext != ".templ" && ext != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range used.FindAllSubmatch(source, -1) {
			if key := string(m[1]); strings.HasSuffix(key, ".") {
				parts[key] = true
			} else {
				whole[key] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	namespaces := map[string]bool{}
	for key := range texts {
		name, _, _ := strings.Cut(key, ".")
		namespaces[name] = true
	}
	for key := range whole {
		name, _, _ := strings.Cut(key, ".")
		if _, ok := texts[key]; !ok && namespaces[name] {
			t.Errorf("a page uses %q, which no catalogue has", key)
		}
	}
	for key := range texts {
		i := strings.LastIndex(key, ".")
		if !whole[key] && !parts[key[:i+1]] {
			t.Errorf("no page uses %q", key)
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]string{
		"":                               "en",
		"fr":                             "fr",
		"fr-CA, en;q=0.5":                "fr",
		"en-GB,fr;q=0.9":                 "en",
		"de, fr;q=0.7, en;q=0.3":         "fr",
		"ja":                             "en",
		"!!":                             "en",
		strings.Repeat("fr,", 10_000):    "en",
		"fr;q=0, en":                     "en",
		"x-klingon, *;q=0.1, fr-FR;q=.9": "fr",
	} {
		if got := c.For(accept).Language(); got != want && len(accept) < 300 {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
	if got := c.For("fr").T("no.such.key"); got != "no.such.key" {
		t.Errorf("a missing key shows %q", got)
	}
}
