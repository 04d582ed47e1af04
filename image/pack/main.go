// Pack writes a bootable image of Provbox, or an update bundle, to a file. It is
// run by scripts/image.sh from the folder with go.mod.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"provbox/image"
)

func main() {
	o := image.Options{Root: "."}
	flag.StringVar(&o.Board, "board", "amd64", "kind of board: "+strings.Join(image.Boards(), " or "))
	flag.StringVar(&o.Out, "out", "", "file to write; one that ends in .gaf is an update bundle")
	flag.StringVar(&o.Settings, "settings", "", "factory settings to put into the image (default image/settings.yml)")
	flag.StringVar(&o.Version, "version", "", "what the program calls itself")
	flag.Int64Var(&o.Size, "size", image.DefaultSize, "size of a disk image in bytes")
	flag.Parse()
	if o.Out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o image.Options) error {
	if err := image.Pack(ctx, o); err != nil {
		return err
	}
	st, err := os.Stat(o.Out)
	if err != nil {
		return err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	// The image is sparse: most of its partitions is not written yet.
	fmt.Printf("%s: %d MB, of which %d MB are used\n", o.Out, st.Size()>>20, sys.Blocks*512>>20)
	return nil
}
