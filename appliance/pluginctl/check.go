package pluginctl

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"provbox/provd/plugin"
	"provbox/provd/plugin/oracle"
)

func checkCommand() *command {
	return &command{
		name: "check", args: "PACKAGE... --oracle FILE|DIR [--all]",
		short: "compare packages with what wazo-provd recorded of them",
		long: `Loads each PACKAGE (a folder, a .tar.bz2, or a folder of packages), does everything that
was recorded of it, and prints the first difference of each case and of each other kind
of check, and the counts.

  --oracle FILE|DIR   the recording <plugin id>.json.gz, or the folder of the recordings;
                      index.json.gz and inputs.json.gz are beside it
  --all               print every difference

The exit status is 1 when anything differs or nothing could be compared. A package
without a recording is listed and counts as neither.
`,
		run: runCheck,
	}
}

// maxPackages bounds the packages of one command.
const maxPackages = 10_000

func runCheck(ctx context.Context, _ *command, env Env, args []string) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	from := flags.String("oracle", "", "")
	all := flags.Bool("all", false, "")
	args, err := parse(flags, args)
	switch {
	case err != nil:
		return err
	case len(args) == 0:
		return usageError("PACKAGE is missing")
	case *from == "":
		return usageError("--oracle is missing; give the folder of the recordings")
	}
	recordings, err := openRecordings(*from)
	if err != nil {
		return err
	}
	paths, err := expand(args)
	if err != nil {
		return err
	}
	if len(paths) > maxPackages {
		return fmt.Errorf("%d packages, at most %d are checked at once", len(paths), maxPackages)
	}
	results := make([]chan result, len(paths))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	go func() {
		for i, path := range paths {
			g.Go(func() error {
				results[i] <- recordings.check(ctx, path)
				return nil
			})
		}
	}()
	s := newSummary(env.Stdout, paths, *all)
	for _, r := range results {
		s.add(<-r)
	}
	_ = g.Wait() // every result is there
	if err := ctx.Err(); err != nil {
		return err // and so are differences that are none
	}
	return s.end()
}

// recordings are where the recordings are.
type recordings struct {
	dir  fs.FS
	only string // a file in dir, "" for all
}

func openRecordings(path string) (*recordings, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &recordings{dir: os.DirFS(path)}, nil
	}
	return &recordings{dir: os.DirFS(filepath.Dir(path)), only: filepath.Base(path)}, nil
}

// recordingSuffix is how the name of a recording ends.
const recordingSuffix = ".json.gz"

// name returns the recording of a plugin, "" when there is none.
func (r *recordings) name(id string) string {
	name := id + recordingSuffix
	if r.only != "" && r.only != name {
		return ""
	}
	if _, err := fs.Stat(r.dir, name); err != nil {
		return ""
	}
	return name
}

// result is what came of one package.
type result struct {
	name   string // the plugin's id, or the path of what is no package
	report *oracle.Report
	err    error // it could not be compared
	note   string
}

func (r *recordings) check(ctx context.Context, path string) (out result) {
	out.name = path
	if out.err = ctx.Err(); out.err != nil {
		return out
	}
	p, err := open(ctx, path)
	if err != nil {
		out.err = err
		return out
	}
	defer func() { out.err = errors.Join(out.err, p.close()) }()
	out.name = p.id
	name := r.name(p.id)
	if name == "" {
		out.note = "no recording; it loads"
		if _, err := plugin.Load(ctx, p.loadConfig()); err != nil {
			out.note = "no recording; " + err.Error()
		}
		return out
	}
	rec, err := oracle.Read(r.dir, name)
	if err != nil {
		out.err = err
		return out
	}
	out.report, out.err = oracle.Check(ctx, plugin.Config{ID: p.id, Package: p.files}, rec)
	return out
}

// summary prints results as they come, and then their sums.
type summary struct {
	out    io.Writer
	all    bool
	widths []int

	packages, compared, unrecorded, failed int
	total                                  oracle.Report
	different                              int
}

func newSummary(w io.Writer, paths []string, all bool) *summary {
	header := []string{"PLUGIN", "CASES", "CHECKS", "EQUAL", "DIFFERENT", "SKIPPED"}
	s := &summary{out: w, all: all, total: oracle.Report{Skipped: make(map[string]int)}}
	for i, h := range header {
		s.widths = append(s.widths, max(len(h), []int{24, 7, 9, 9, 9, 7}[i]))
	}
	for _, p := range paths {
		s.widths[0] = max(s.widths[0], len(strings.TrimSuffix(filepath.Base(p), archiveSuffix)))
	}
	s.row(header...)
	return s
}

func (s *summary) row(cells ...string) { fmt.Fprintln(s.out, line(cells, s.widths, "lrrrrr")) }

func (s *summary) add(r result) {
	s.packages++
	switch {
	case r.err != nil:
		s.failed++
		s.row(r.name)
		fmt.Fprintln(s.out, indent("cannot be compared: "+r.err.Error()))
		return
	case r.report == nil:
		s.unrecorded++
		s.row(r.name)
		fmt.Fprintln(s.out, indent(r.note))
		return
	}
	s.compared++
	s.counts(r.name, r.report, len(r.report.Differences))
	s.total.Cases += r.report.Cases
	s.total.Checked += r.report.Checked
	s.different += len(r.report.Differences)
	for reason, n := range r.report.Skipped {
		s.total.Skipped[reason] += n
	}
	s.differences(r.report.Differences)
}

func (s *summary) counts(name string, r *oracle.Report, different int) {
	skipped := 0
	for _, n := range r.Skipped {
		skipped += n
	}
	s.row(name, strconv.Itoa(r.Cases), strconv.Itoa(r.Checked), strconv.Itoa(r.Checked-different), strconv.Itoa(different), strconv.Itoa(skipped))
}

// differences prints the first difference of each case, and of each kind of check
// that belongs to none, and how many more there are.
func (s *summary) differences(ds []oracle.Difference) {
	more := make(map[string]int)
	for _, d := range ds {
		more[group(d)]++
	}
	seen := make(map[string]bool)
	for _, d := range ds {
		if key := group(d); s.all || !seen[key] {
			seen[key] = true
			fmt.Fprintln(s.out, indent(d.String()))
			if n := more[key] - 1; n > 0 && !s.all {
				fmt.Fprintln(s.out, indent(fmt.Sprintf("  and %d more of this %s", n, kind(d))))
			}
		}
	}
}

func group(d oracle.Difference) string {
	if d.Case != "" {
		return "case " + d.Case
	}
	return d.Check
}

func kind(d oracle.Difference) string {
	if d.Case != "" {
		return "case"
	}
	return "kind"
}

// end prints the sums.
func (s *summary) end() error {
	s.counts("total", &s.total, s.different)
	fmt.Fprintf(s.out, "\npackages: %d, compared: %d, without a recording: %d, failed: %d\n", s.packages, s.compared, s.unrecorded, s.failed)
	if len(s.total.Skipped) > 0 {
		fmt.Fprintln(s.out, "skipped:")
		for _, reason := range slices.Sorted(maps.Keys(s.total.Skipped)) {
			fmt.Fprintf(s.out, "  %7d  %s\n", s.total.Skipped[reason], reason)
		}
	}
	if s.compared == 0 {
		fmt.Fprintln(s.out, "nothing was compared: no package has a recording of its id in --oracle")
		return errFailed
	}
	if s.different > 0 || s.failed > 0 {
		return errFailed
	}
	return nil
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
