// Package oracle compares a plugin package with what wazo-provd recorded for it:
// the files it writes, what it extracts from requests, how it scores phones, the
// names it watches for, and how it synchronizes.
//
// A recording is gzip-compressed JSON. It belongs to an index (index.json.gz),
// which has the configs, and a list of inputs (inputs.json.gz), both in the same
// folder. Entries that gave nothing are not recorded, so everything in the inputs
// that a recording does not mention must give nothing.
package oracle

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"provbox/provd/document"
)

// maxFile bounds one uncompressed file; the largest recording has 2 MB.
const maxFile = 64 << 20

// Recording is what wazo-provd did with one package.
type Recording struct {
	// Plugin is the plugin's id.
	Plugin string `json:"plugin"`
	// LoadError is why wazo-provd could not load the package, "" when it could.
	LoadError string `json:"load_error"`
	// Shimmed is true when the recording was made with a change to wazo-provd
	// that let the package load after all.
	Shimmed bool `json:"loaded_with_shim"`

	CommonFiles map[string]text            `json:"common_files"`
	Static      map[string]json.RawMessage `json:"static_tftpboot"` // SHA-1 or {"symlink": target} by path
	Cases       map[string]*Case           `json:"cases"`

	Triggers  map[string]*string              `json:"remote_state_trigger"`
	Sync      map[string]map[string]*syncCase `json:"synchronize"`
	HTTP      []json.RawMessage               `json:"http_extract"`
	TFTP      []json.RawMessage               `json:"tftp_extract"`
	DHCP      []json.RawMessage               `json:"dhcp_extract"`
	Scores    map[string]json.RawMessage      `json:"association_scores"`
	Sensitive []string                        `json:"sensitive_filenames"`

	Info        *document.Object `json:"info"`
	HTTPService *string          `json:"http_service"` // name of its class
	TFTPService *string          `json:"tftp_service"`
	Services    *struct {
		Install struct {
			Installable map[string]any `json:"installable"`
		} `json:"install"`
	} `json:"services"`

	index  *index
	inputs *inputs
}

// Case is one configure call.
type Case struct {
	Device         *document.Object `json:"device"`
	Files          map[string]text  `json:"files"`
	ConfigureError string           `json:"configure_error"`
	DeconfigError  string           `json:"deconfigure_error"`
	// ValidationError is why the schema of raw configs refused the config, so that
	// configure was not called; nil when it was.
	ValidationError json.RawMessage `json:"validation_error"`
	// RemovedCommon are files of all phones that deconfigure removed, Remaining
	// files of the device that it left.
	RemovedCommon []string `json:"removed_common"`
	Remaining     []string `json:"remaining_after_deconfigure"`
}

type syncCase struct {
	Calls []struct {
		Action string          `json:"amid_action"`
		Params json.RawMessage `json:"params"`
		Thread string          `json:"thread_call"`
		Args   []any           `json:"args"`
	} `json:"calls"`
	OK     bool   `json:"ok"`
	Error  string `json:"error"`  // of the Deferred
	Raised string `json:"raised"` // by the call itself
}

type index struct {
	FrozenTime float64                     `json:"frozen_time"`
	Base       *document.Object            `json:"base_raw_config"`
	Configs    map[string]*document.Object `json:"configs"`
}

type inputs struct {
	UserAgents    map[string]string `json:"user_agents"`
	Paths         []string          `json:"paths"`
	TFTPFilenames []string          `json:"tftp_filenames"`
	DHCP          []dhcpInput       `json:"dhcp"`
	Queries       [][2]*string      `json:"query_requests"`
	Association   [][3]*string      `json:"association"`
}

type dhcpInput struct {
	MAC     string            `json:"mac"`
	Options map[string]string `json:"options"`
}

// text is the content of a file: a string, or {"latin1": string} for bytes that
// are not UTF-8.
type text []byte

// UnmarshalJSON reads either form.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*t = text(s)
		return nil
	}
	var o struct{ Latin1, Symlink *string }
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	if o.Symlink != nil {
		*t = text("symlink to " + *o.Symlink)
		return nil
	}
	if o.Latin1 == nil {
		return fmt.Errorf("neither text nor latin1")
	}
	*t = text(latin1(*o.Latin1))
	return nil
}

// latin1 turns characters into the bytes of the same number.
func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// Read reads a recording and what it belongs to. name is the file of the
// recording; index and inputs are beside it.
func Read(fsys fs.FS, name string) (*Recording, error) {
	rec := &Recording{index: new(index), inputs: new(inputs)}
	dir := path.Dir(name)
	for _, f := range []struct {
		name string
		to   any
	}{{name, rec}, {path.Join(dir, "index.json.gz"), rec.index}, {path.Join(dir, "inputs.json.gz"), rec.inputs}} {
		if err := readJSON(fsys, f.name, f.to); err != nil {
			return nil, fmt.Errorf("read recording: %s: %w", f.name, err)
		}
	}
	return rec, nil
}

func readJSON(fsys fs.FS, name string, to any) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(z, maxFile+1))
	if err != nil {
		return err
	}
	if len(data) > maxFile {
		return fmt.Errorf("larger than %d bytes", maxFile)
	}
	return json.Unmarshal(data, to)
}

// Time returns the moment at which wazo-provd's clock stood.
func (r *Recording) Time() time.Time {
	return time.Unix(int64(r.index.FrozenTime), 0).UTC()
}

// Base returns the raw config that configure_common was called with.
func (r *Recording) Base() *document.Object { return r.index.Base.Clone() }

// Config returns the raw config of a name, merged over the base and without
// defaults.
func (r *Recording) Config(name string) (*document.Object, error) {
	doc := r.index.Configs[name]
	if doc == nil {
		return nil, fmt.Errorf("no config %q", name)
	}
	raw := r.Base()
	merge(raw, doc.Clone())
	return raw, nil
}

// merge puts the members of src over those of dst; objects are merged member by
// member.
func merge(dst, src *document.Object) {
	for k, v := range src.All() {
		if o, ok := v.(*document.Object); ok {
			if below := dst.Object(k); below != nil {
				merge(below, o)
				continue
			}
		}
		dst.Set(k, v)
	}
}
