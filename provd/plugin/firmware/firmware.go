package firmware

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// DB is what the pkgs/*.db files of a plugin package say.
type DB struct {
	// Packages are in the order of the files.
	Packages []Package
	Files    map[string]File
	Installs map[string]Install
}

// Package is a set of files that is installed together.
type Package struct {
	ID      string
	Version string
	// Description is in English; Descriptions are by locale or language, for
	// example "fr".
	Description  string
	Descriptions map[string]string
	// Files are ids of DB.Files. Install is an id of DB.Installs, Args its
	// arguments; Install is "" for files that are only downloaded.
	Files   []string
	Install string
	Args    []string
	// Depends are ids of packages to install first.
	Depends []string
}

// File is a file to download.
type File struct {
	ID string
	// URL is "" for a file that the operator has to provide.
	URL string
	// Name is the name it is kept under.
	Name string
	// Size is in bytes.
	Size int64
	// SHA1 is the hash of the content. Published packages hold hashes of other
	// lengths by mistake; such a file can never be verified.
	SHA1 []byte
	// Downloader is "default" or the name of one with credentials.
	Downloader string
}

// Install is a graph of steps: each takes the content of one node to another.
// Node "a" holds the downloaded files.
type Install struct {
	ID    string
	Steps []Step
}

// Step is one edge of an Install.
type Step struct {
	From, To string
	Filter   string   // unzip, untar, cp, ...
	Args     []string // with variables
}

// Bounds of a database; the largest published one has 60 packages in 30 KB.
const (
	maxBytes    = 4 << 20
	maxSections = 10_000
	maxDBs      = 64
)

// Read reads every database of a plugin package, below pkgs. A package without
// any has an empty DB.
func Read(fsys fs.FS) (*DB, error) {
	db := &DB{Files: make(map[string]File), Installs: make(map[string]Install)}
	entries, err := fs.ReadDir(fsys, "pkgs")
	if errors.Is(err, fs.ErrNotExist) {
		return db, nil
	}
	if err != nil {
		return nil, fmt.Errorf("firmware: %w", err)
	}
	if len(entries) > maxDBs {
		return nil, fmt.Errorf("firmware: %d databases, at most %d are read", len(entries), maxDBs)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
			continue
		}
		name := path.Join("pkgs", e.Name())
		src, err := readFile(fsys, name)
		if err == nil {
			err = db.add(src)
		}
		if err != nil {
			return nil, fmt.Errorf("firmware: %s: %w", name, err)
		}
	}
	return db, db.check()
}

func readFile(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = fmt.Errorf("larger than %d bytes", maxBytes)
	}
	return string(data), err
}

// Parse reads one database.
func Parse(src string) (*DB, error) {
	db := &DB{Files: make(map[string]File), Installs: make(map[string]Install)}
	if err := db.add(src); err != nil {
		return nil, err
	}
	return db, db.check()
}

func (db *DB) add(src string) error {
	sections, err := parseINI(src)
	if err != nil {
		return err
	}
	if len(db.Packages)+len(db.Files)+len(db.Installs)+len(sections) > maxSections {
		return fmt.Errorf("more than %d sections", maxSections)
	}
	for _, s := range sections {
		kind, id, _ := strings.Cut(s.name, "_")
		switch kind {
		case "pkg":
			err = db.addPackage(id, &s)
		case "file":
			err = db.addFile(id, &s)
		case "install":
			err = db.addInstall(id, &s)
		default:
			err = errors.New("unknown kind of section")
		}
		if err != nil {
			return fmt.Errorf("line %d: [%s]: %w", s.line, s.name, err)
		}
	}
	return nil
}

func (db *DB) addPackage(id string, s *section) error {
	p := Package{ID: id, Descriptions: make(map[string]string)}
	for _, o := range s.options {
		switch {
		case o.name == "id":
			return errors.New("the option id is not allowed")
		case o.name == "version":
			p.Version = o.value
		case o.name == "description":
			p.Description = o.value
		case strings.HasPrefix(o.name, "description_"):
			p.Descriptions[strings.TrimPrefix(o.name, "description_")] = o.value
		case o.name == "files":
			p.Files = strings.Fields(o.value)
		case o.name == "depends":
			p.Depends = strings.Fields(o.value)
		case o.name == "install":
			if words := strings.Fields(o.value); len(words) > 0 {
				p.Install, p.Args = words[0], words[1:]
			}
		}
	}
	db.Packages = append(db.Packages, p)
	return nil
}

func (db *DB) addFile(id string, s *section) error {
	f := File{ID: id, Downloader: "default"}
	for _, key := range []string{"url", "size", "sha1sum"} {
		if _, ok := s.get(key); !ok {
			return fmt.Errorf("the option %s is missing", key)
		}
	}
	for _, o := range s.options {
		switch o.name {
		case "url":
			f.URL = o.value
		case "filename":
			f.Name = o.value
		case "downloader":
			f.Downloader = o.value
		case "size":
			n, err := strconv.ParseInt(o.value, 10, 64)
			if err != nil || n < 0 {
				return fmt.Errorf("size %q is no number of bytes", o.value)
			}
			f.Size = n
		case "sha1sum":
			sum, err := hex.DecodeString(o.value)
			if err != nil || len(sum) > 64 {
				return fmt.Errorf("sha1sum %q is no hash", o.value)
			}
			f.SHA1 = sum
		}
	}
	if f.Name == "" {
		f.Name = f.URL[strings.LastIndexByte(f.URL, '/')+1:]
	}
	if f.Name != "" && (strings.ContainsAny(f.Name, "/\\\x00") || f.Name == "." || f.Name == "..") {
		return fmt.Errorf("file name %q is not a plain name", f.Name)
	}
	db.Files[id] = f
	return nil
}

func (db *DB) addInstall(id string, s *section) error {
	in := Install{ID: id}
	for _, o := range s.options {
		from, to, ok := strings.Cut(o.name, "-")
		words := strings.Fields(o.value)
		if !ok || from == "" || to == "" || len(words) == 0 {
			return fmt.Errorf("line %d: want \"source-destination: filter arguments\"", o.line)
		}
		in.Steps = append(in.Steps, Step{from, to, words[0], words[1:]})
	}
	db.Installs[id] = in
	return nil
}

// check looks for names that lead nowhere.
func (db *DB) check() error {
	var problems []error
	for _, p := range db.Packages {
		for _, f := range p.Files {
			if _, ok := db.Files[f]; !ok {
				problems = append(problems, fmt.Errorf("firmware package %s: unknown file %s", p.ID, f))
			}
		}
		if _, ok := db.Installs[p.Install]; !ok && p.Install != "" {
			problems = append(problems, fmt.Errorf("firmware package %s: unknown install %s", p.ID, p.Install))
		}
		for _, d := range p.Depends {
			if !slices.ContainsFunc(db.Packages, func(q Package) bool { return q.ID == d }) {
				problems = append(problems, fmt.Errorf("firmware package %s: unknown package %s", p.ID, d))
			}
		}
	}
	return errors.Join(problems...)
}

// DownloadSize returns the size of the files of a package, in bytes.
func (db *DB) DownloadSize(p Package) int64 {
	var n int64
	for _, f := range p.Files {
		n += db.Files[f].Size
	}
	return n
}

// Localized returns the description of a package in the language of a locale such
// as "fr_FR", the English one when there is none.
func (p Package) Localized(locale string) string {
	language, _, _ := strings.Cut(locale, "_")
	for _, l := range []string{locale, language} {
		if d, ok := p.Descriptions[strings.ToLower(l)]; ok {
			return d
		}
	}
	return p.Description
}
