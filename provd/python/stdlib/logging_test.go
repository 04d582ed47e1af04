package stdlib_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// records is a slog.Handler that keeps what it gets.
type records struct {
	level slog.Level
	lines *[]string
}

func (r records) Enabled(_ context.Context, l slog.Level) bool { return l >= r.level }
func (r records) WithAttrs([]slog.Attr) slog.Handler           { return r }
func (r records) WithGroup(string) slog.Handler                { return r }
func (r records) Handle(_ context.Context, rec slog.Record) error {
	line := rec.Level.String() + " " + rec.Message
	rec.Attrs(func(a slog.Attr) bool {
		line += " " + a.Key + "=" + a.Value.String()
		return true
	})
	*r.lines = append(*r.lines, line)
	return nil
}

func TestLogging(t *testing.T) {
	t.Parallel()
	var lines []string
	th := newThread(t, python.Limits{})
	th.Logger = slog.New(records{slog.LevelInfo, &lines})
	out, err := run(t, th, stdlib.Options{}, "log.py", []byte(`
import logging
logger = logging.getLogger('plugin.x')
logger.debug('not formatted %s', 1 / 1)
logger.info('hello %s %d', 'world', 5)
logger.warning('100%')
logger.error('map %(a)s', {'a': 1})
logger.log(logging.CRITICAL, 'crit')
try:
    1 / 0
except ZeroDivisionError as e:
    logger.exception('oops', exc_info=e)
logger.info('bad %d', 'x')
logger.info('x' * 5000)
logger.setLevel(logging.ERROR)
logger.info('dropped')
logger.setLevel('INFO')
logging.info('root')
print(logger.name, logger.level, logger.isEnabledFor(logging.DEBUG), logger.isEnabledFor(logging.ERROR), logging.getLogger('plugin.x') is logger, logging.getLevelName(30), logging.WARN, logger)
print(logger.getChild('y').name, logging.getLogger().getChild('z').name)
logger.addHandler(logging.NullHandler())
logger.propagate = False
logger.disabled = True
logger.error('never')
other = logging.getLogger('loop')
for i in range(2000):
    other.info(i)
`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "plugin.x 20 False True True WARNING 30 <Logger plugin.x (INFO)>\nplugin.x.y z\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
	want := []string{
		"INFO message of a plugin logger=plugin.x text=hello world 5",
		"WARN message of a plugin logger=plugin.x text=100%",
		"ERROR message of a plugin logger=plugin.x text=map 1",
		"ERROR message of a plugin logger=plugin.x text=crit",
		"ERROR message of a plugin logger=plugin.x text=oops exception=ZeroDivisionError: division by zero",
		"INFO message of a plugin logger=plugin.x text=bad %d (TypeError: %d format: a real number is required, not str)",
		"INFO message of a plugin logger=plugin.x text=" + strings.Repeat("x", 4096) + "…",
		"INFO message of a plugin logger=root text=root",
	}
	if diff := cmp.Diff(want, lines[:len(want)]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if n := len(lines); n != 1001 || lines[n-1] != "WARN further messages of a plugin are dropped logger=loop" {
		t.Errorf("%d records, the last is %q", n, lines[n-1])
	}
}
