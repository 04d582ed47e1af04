package main

import (
	"bufio"
	"io"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// gcPercent is how much the heap may grow between two collections. A box keeps
// little alive, some megabytes, so that with the usual 100 % the collector takes a
// third of the time that rendering files takes; memoryShare is what makes more safe.
const gcPercent = 400

// memoryShare is the part of the machine's memory, in percent, from which on the
// collector works as often as it needs to (the table of limits in
// design/reliability.md).
const memoryShare = 60

// collector is how often garbage is collected; a field that is 0 is left as it is.
type collector struct {
	percent int
	limit   int64 // in bytes
}

// collectorFor chooses for a machine described by meminfo, as /proc/meminfo has it.
// What GOGC or GOMEMLIMIT say in the environment holds. Without a known size of the
// memory nothing bounds the heap, and the percentage stays the usual one.
func collectorFor(meminfo io.Reader, getenv func(string) string) (c collector) {
	limited := getenv("GOMEMLIMIT") != ""
	if total := memTotal(meminfo); total > 0 && !limited {
		c.limit = total / 100 * memoryShare
		limited = true
	}
	if limited && getenv("GOGC") == "" {
		c.percent = gcPercent
	}
	return c
}

// memTotal returns the size of the memory in bytes, 0 when meminfo does not say.
func memTotal(meminfo io.Reader) int64 {
	lines := bufio.NewScanner(meminfo)
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		fields := strings.Fields(rest)
		if name != "MemTotal" || len(fields) != 2 || fields[1] != "kB" {
			continue
		}
		kb, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil || kb < 0 || kb > math.MaxInt64>>10 {
			return 0
		}
		return kb << 10
	}
	return 0
}

// tune sets the garbage collector up for a program that runs for months.
func tune(log *slog.Logger) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		log.Warn("the size of the memory is not known, the garbage collector stays as it is", "err", err)
		return
	}
	defer f.Close()
	c := collectorFor(f, os.Getenv)
	if c.limit > 0 {
		debug.SetMemoryLimit(c.limit)
	}
	if c.percent > 0 {
		debug.SetGCPercent(c.percent)
	}
	log.Debug("garbage collector", "percent", c.percent, "limit_bytes", c.limit)
}
