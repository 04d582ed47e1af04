package firmware

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"provbox/provd/document"
)

// Record says that a package is installed (spec/plugins.md section 7.4).
type Record struct {
	ID, Version string
	// Description and Descriptions are those of the Package.
	Description  string
	Descriptions map[string]string
	// Files are relative to the folder the firmware is installed below. Directories
	// end with a slash and come before what is in them.
	Files []string
	// Explicit is false for a package that came because another one needs it.
	Explicit bool
	Depends  []string
}

// Localized is Package.Localized.
func (r Record) Localized(locale string) string {
	return Package{Description: r.Description, Descriptions: r.Descriptions}.Localized(locale)
}

// recordDir holds the records; removing marks one of a package whose files are
// being removed.
const (
	recordDir = "var/installed"
	removing  = ".removing-"
	maxRecord = 8 << 20
)

// validID is the form of a package's id, which names files.
var validID = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$`)

func (r Record) encode() ([]byte, error) {
	m := map[string]any{
		"id": r.ID, "version": r.Version, "description": r.Description,
		"files": append([]string{}, r.Files...), "explicit_install": r.Explicit, "depends": append([]string{}, r.Depends...),
	}
	for locale, d := range r.Descriptions {
		m["description_"+locale] = d
	}
	return json.Marshal(m)
}

func decodeRecord(data []byte) (Record, error) {
	var plain struct {
		ID          string   `json:"id"`
		Version     string   `json:"version"`
		Description string   `json:"description"`
		Files       []string `json:"files"`
		Explicit    bool     `json:"explicit_install"`
		Depends     []string `json:"depends"`
	}
	if err := json.Unmarshal(data, &plain); err != nil {
		return Record{}, err
	}
	r := Record{
		ID: plain.ID, Version: plain.Version, Description: plain.Description, Descriptions: make(map[string]string),
		Files: plain.Files, Explicit: plain.Explicit, Depends: plain.Depends,
	}
	doc, err := document.Decode(data)
	if err != nil {
		return Record{}, err
	}
	for key, v := range doc.All() {
		if locale, ok := strings.CutPrefix(key, "description_"); ok {
			if text, ok := v.(string); ok {
				r.Descriptions[locale] = text
			}
		}
	}
	for _, f := range r.Files {
		if name := strings.TrimSuffix(f, "/"); !fs.ValidPath(name) || name == "." {
			return Record{}, fmt.Errorf("file %.200q is no relative path", f)
		}
	}
	return r, nil
}

func readRecord(root *os.Root, name string) (Record, error) {
	f, err := root.Open(path.Join(recordDir, name))
	if err != nil {
		return Record{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = fmt.Errorf("larger than %d bytes", maxRecord)
	}
	if err != nil {
		return Record{}, err
	}
	r, err := decodeRecord(data)
	if err != nil {
		return Record{}, fmt.Errorf("record %s: %w", name, err)
	}
	return r, nil
}

func writeRecord(root *os.Root, r Record) error {
	data, err := r.encode()
	if err != nil {
		return err
	}
	return replaceFile(root, path.Join(recordDir, r.ID), data)
}

// readRecords returns every record there is by id, and what is wrong with others.
func readRecords(root *os.Root) (records []Record, err error) {
	entries, err := fs.ReadDir(root.FS(), recordDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !validID.MatchString(e.Name()) || e.IsDir() {
			continue
		}
		r, e := readRecord(root, e.Name())
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	return records, err
}
