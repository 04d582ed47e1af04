package pluginctl

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
)

func repoCommand() *command {
	return &command{
		name: "repo", args: "DIR [--sign KEY [--days N]]",
		short: "write plugins.db for a folder of packages",
		long: `Writes DIR/plugins.db, the list of the packages (*.tar.bz2) in DIR. Any web server that
serves DIR then is a plugin server for Provbox and for wazo-provd: set plugin_server to
its URL. Every package is unpacked and its description read; when one cannot be used
plugins.db stays as it was. Of several versions of a plugin the highest is listed.

  --sign KEY    also write plugins.db.minisig, signed with the secret key of minisign in
                the file KEY; boxes whose plugin_server_key is its public half take
                nothing else. A password is read from PROVBOX_KEY_PASSWORD.
  --days N      boxes take the signature for N days only; then it must be made anew
`,
		run: runRepo,
	}
}

// indexFile is the list that a plugin server has.
const indexFile = "plugins.db"

func runRepo(ctx context.Context, _ *command, env Env, args []string) error {
	flags := flag.NewFlagSet("repo", flag.ContinueOnError)
	keyFile, days := flags.String("sign", "", ""), flags.Int("days", 0, "")
	dir, err := parseOne(flags, args, "DIR")
	if err != nil {
		return err
	}
	if *days < 0 || *days > maxDays || (*days > 0 && *keyFile == "") {
		return usageError(fmt.Sprintf("--days goes with --sign and is 1 to %d", maxDays))
	}
	var sign func(data []byte) []byte
	if *keyFile != "" {
		if sign, err = signer(env, *keyFile, *days); err != nil {
			return err
		}
	}
	offers, err := readOffers(ctx, dir)
	if err != nil {
		return err
	}
	best, older, err := highest(offers)
	if err != nil {
		return err
	}
	data, err := encodeIndex(best)
	if err != nil {
		return err
	}
	if err := repository.CheckIndex(data); err != nil {
		return fmt.Errorf("%s is not written, a box would refuse it: %w", indexFile, err)
	}
	path := filepath.Join(dir, indexFile)
	err = replace(path, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeSignature(env, path, data, sign); err != nil {
		return err
	}
	t := &table{align: "llrl"}
	t.row("PLUGIN", "VERSION", "BYTES", "FILE")
	for _, o := range best {
		t.row(o.id, o.info.Version, fmt.Sprint(o.size), o.name)
	}
	t.print(env.Stdout)
	for _, o := range older {
		fmt.Fprintf(env.Stdout, "not listed: %s, there is a higher version\n", o.name)
	}
	fmt.Fprintf(env.Stdout, "%s: %d plugins\n", path, len(best))
	return nil
}

// offer is a package that a server can offer.
type offer struct {
	id           string
	info         plugin.Info
	name         string // of the file
	size         int64
	sha1, sha256 string
}

// readOffers reads every package of a folder and reports all that cannot be used.
func readOffers(ctx context.Context, dir string) ([]offer, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var offers []offer
	var problems []error
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), archiveSuffix) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		o, err := readOffer(ctx, filepath.Join(dir, e.Name()))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		offers = append(offers, o)
	}
	if len(problems) > 0 {
		return nil, errors.Join(append(problems, fmt.Errorf("%s is not written; build these packages again or take them away", indexFile))...)
	}
	if len(offers) == 0 {
		return nil, fmt.Errorf("%s has no packages (*%s); put some there with provbox plugin build", dir, archiveSuffix)
	}
	return offers, nil
}

func readOffer(ctx context.Context, path string) (o offer, err error) {
	o.name = filepath.Base(path)
	if !repository.ValidArchiveName(o.name) {
		return o, fmt.Errorf("%s: a package's name has letters, digits, '.', '_', '+' and '-' only", path)
	}
	p, err := open(ctx, path)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	o.id = p.id
	if o.info, err = plugin.ReadInfo(p.id, p.files); err != nil {
		return o, fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return o, err
	}
	defer f.Close()
	h1, h2 := sha1.New(), sha256.New()
	o.size, err = io.Copy(io.MultiWriter(h1, h2), f)
	o.sha1, o.sha256 = hex.EncodeToString(h1.Sum(nil)), hex.EncodeToString(h2.Sum(nil))
	return o, err
}

// highest keeps the highest version of each plugin; both lists are sorted by id.
func highest(offers []offer) (best, older []offer, err error) {
	slices.SortFunc(offers, func(a, b offer) int {
		return cmp.Or(strings.Compare(a.id, b.id), compareVersions(b.info.Version, a.info.Version), strings.Compare(a.name, b.name))
	})
	for i, o := range offers {
		if i == 0 || offers[i-1].id != o.id {
			best = append(best, o)
			continue
		}
		older = append(older, o)
		if first := best[len(best)-1]; compareVersions(first.info.Version, o.info.Version) == 0 {
			err = errors.Join(err, fmt.Errorf("%s and %s are both version %s of %s; take one of them away", first.name, o.name, o.info.Version, o.id))
		}
	}
	return best, older, err
}

// encodeIndex makes a plugins.db with a line for each plugin.
func encodeIndex(offers []offer) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n")
	for i, o := range offers {
		doc := o.info.Document.Clone()
		doc.Set("filename", o.name)
		doc.Set("dsize", document.Number(int(o.size)))
		doc.Set("sha1sum", o.sha1)
		doc.Set("sha256sum", o.sha256) // wazo-provd passes over it
		id, err := document.Encode(o.id)
		if err != nil {
			return nil, err
		}
		text, err := document.Encode(doc)
		if err != nil {
			return nil, fmt.Errorf("plugin %s: %w", o.id, err)
		}
		b.Write(id)
		b.WriteString(": ")
		b.Write(text)
		if i < len(offers)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}
