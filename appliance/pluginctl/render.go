package pluginctl

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/rawconfig"
)

func renderCommand() *command {
	return &command{
		name: "render", args: "PACKAGE [--device FILE --config FILE] [--common] [--base FILE] [-o DIR]",
		short: "print the files that a package writes for a phone",
		long: `Loads PACKAGE, a folder or a .tar.bz2, and prints the files it writes, each below a line
"==> NAME (SIZE bytes) <==".

  --device FILE   the device, as GET /provd/dev_mgr/devices/ID has it (JSON)
  --config FILE   its raw_config, or a config with one (JSON); parents are not looked up
  --common        the files for all phones; alone or with the others
  --base FILE     the base raw config (JSON), which --config adds to; without it phones
                  are told the box is http://192.0.2.1:8667
  -o DIR          write the files below DIR instead of printing them

Custom templates are tried by putting them into var/templates of a package folder.
`,
		run: runRender,
	}
}

type rendering struct {
	device, config, base, out string
	common                    bool
}

func runRender(ctx context.Context, _ *command, env Env, args []string) (err error) {
	var r rendering
	flags := flag.NewFlagSet("render", flag.ContinueOnError)
	flags.StringVar(&r.device, "device", "", "")
	flags.StringVar(&r.config, "config", "", "")
	flags.StringVar(&r.base, "base", "", "")
	flags.StringVar(&r.out, "o", "", "")
	flags.BoolVar(&r.common, "common", false, "")
	from, err := parseOne(flags, args, "PACKAGE")
	if err != nil {
		return err
	}
	switch {
	case (r.device == "") != (r.config == ""):
		return usageError("--device and --config go together")
	case r.device == "" && !r.common:
		return usageError("give --device and --config, or --common")
	}
	p, err := open(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	files, err := r.files(ctx, p, env.Stderr)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		fmt.Fprintln(env.Stdout, "the package wrote no file")
		return nil
	}
	if r.out != "" {
		return writeFiles(env.Stdout, r.out, files)
	}
	return printFiles(env.Stdout, files)
}

// files renders everything that was asked for.
func (r *rendering) files(ctx context.Context, p *pack, stderr io.Writer) (map[string][]byte, error) {
	cfg := p.loadConfig()
	cfg.Logger = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	if r.base != "" {
		base, err := readDocument(r.base)
		if err != nil {
			return nil, err
		}
		cfg.BaseRawConfig = base
	}
	loaded, err := plugin.Load(ctx, cfg)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	if r.common {
		maps.Copy(files, loaded.CommonFiles())
	}
	if r.device == "" {
		return files, nil
	}
	dev, err := readDocument(r.device)
	if err != nil {
		return nil, err
	}
	dev.SetDefault("id", "device")
	raw, err := readRawConfig(r.config, cfg.BaseRawConfig)
	if err != nil {
		return nil, err
	}
	own, err := loaded.Preview(ctx, provd.Device{Object: dev}, raw)
	maps.Copy(files, own)
	return files, err
}

// readRawConfig completes a raw config as a box does before a plugin gets it.
func readRawConfig(file string, base *document.Object) (*document.Object, error) {
	doc, err := readDocument(file)
	if err != nil {
		return nil, err
	}
	if below := doc.Object("raw_config"); below != nil {
		doc = below
	}
	raw := base.Clone()
	raw.Merge(doc)
	rawconfig.SetDefaults(raw)
	if err := rawconfig.Validate(raw); err != nil {
		return nil, fmt.Errorf("%s: a box refuses this config: %w", file, err)
	}
	return raw, nil
}

// maxDocument bounds a file with a device or a config.
const maxDocument = 4 << 20

func readDocument(file string) (*document.Object, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("%s is larger than %d bytes", file, maxDocument)
	}
	doc, err := document.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return doc, nil
}

// withoutTime drops the time of log lines: only their order matters here.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func printFiles(w io.Writer, files map[string][]byte) error {
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "==> %s (%d bytes) <==\n", printable(name), len(files[name]))
		if _, err := w.Write(files[name]); err != nil {
			return err
		}
		if !bytes.HasSuffix(files[name], []byte("\n")) {
			fmt.Fprintln(w)
		}
	}
	return nil
}

// writeFiles writes the files below a folder. Names come from the package, so none
// may lead out of it.
func writeFiles(w io.Writer, dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	t := &table{align: "lr"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(name, files[name], 0o644); err != nil {
			return err
		}
		t.row(printable(filepath.Join(dir, name)), fmt.Sprintf("%d bytes", len(files[name])))
	}
	t.print(w)
	return nil
}
