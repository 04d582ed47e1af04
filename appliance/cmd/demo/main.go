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

// start runs the demonstration in a network namespace of its own. The sockets of
// the REST API and the local page are opened out here, so that they can be reached
// from this machine; this process plays the central stack that drives the box.
func start(ctx context.Context) error {
	rest, restSocket, err := outside("127.0.0.1:8666")
	if err != nil {
		return err
	}
	defer restSocket.Close()
	_, webSocket, err := outside("127.0.0.1:8080")
	if err != nil {
		return err
	}
	defer webSocket.Close()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "lan")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	said, say, err := os.Pipe()
	if err != nil {
		return err
	}
	defer said.Close()
	defer say.Close()
	cmd.ExtraFiles = []*os.File{restSocket, webSocket, say} // descriptors 3 to 5
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
		err = assign(ctx, rest, func() {
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

// outside opens a socket on loopback, at another port where that one is taken, and
// returns its address and a copy for the child.
func outside(address string) (string, *os.File, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", nil, err
		}
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	return l.Addr().String(), socket, err
}

// ignoreStop drops the exit status of a child that was told to stop.
func ignoreStop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
