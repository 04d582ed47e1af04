// Command demo shows a box at work without any hardware: it makes a private LAN
// out of network namespaces, starts a box in it, powers on three virtual phones,
// and prints each phone's timeline as it boots. The box then stays up until
// Ctrl-C; nothing remains on the machine.
//
// Where namespaces are not permitted the box and its phones run on loopback.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"provbox/appliance/lan"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var err error
	switch role := append(os.Args, "")[1]; role {
	case "phone":
		err = runPhone(ctx, os.Args[2:])
	case "lan":
		err = runLAN(ctx)
	default:
		err = start(ctx)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// start runs the demonstration in a network namespace of its own. The REST
// socket is opened out here, so that it can be reached from this machine; this
// process plays the central stack that drives it.
func start(ctx context.Context) error {
	rest, err := net.Listen("tcp", "127.0.0.1:8666")
	if err != nil {
		if rest, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	socket, err := rest.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer socket.Close()
	_ = rest.Close() // the file is a copy
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "lan")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	said, say, err := os.Pipe()
	if err != nil {
		return err
	}
	defer said.Close()
	defer say.Close()
	cmd.ExtraFiles = []*os.File{socket, say} // descriptors 3 and 4
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	lan.Isolate(cmd)
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		fmt.Printf("network namespaces are not permitted here (%v): box and phones run on loopback, without DHCP\n\n", err)
		return runLoopback(ctx)
	}
	_ = say.Close() // the child has it; its end is then the end of the pipe
	ready := bufio.NewScanner(said)
	if ready.Scan() { // the phones are up
		err = assign(ctx, rest.Addr().String(), func() {
			_, _ = in.Write([]byte("again\n")) // a child that died is seen by Wait
			ready.Scan()
		})
	}
	_ = in.Close() // the child stops waiting for more
	if err != nil {
		_ = cmd.Cancel()
	}
	return errors.Join(err, ignoreStop(ctx, cmd.Wait()))
}

// ignoreStop drops the exit status of a child that was told to stop.
func ignoreStop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
