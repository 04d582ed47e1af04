package dhcpload

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"provbox/appliance/store"
	"provbox/dhcp"
	"provbox/dhcp/wire"
)

// box is a DHCP server with the box's store and an interface that is ours.
type box struct {
	*dhcp.Server
	store *store.Store
	conn  *wire.Fake
	stop  func() error
}

func newBox(dir string) (*box, error) {
	st, _, err := store.Open(context.Background(), store.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	b := &box{store: st, conn: wire.NewFake(netip.PrefixFrom(serverAddr, 16))}
	cfg := config("10.77.16.0", "10.77.255.250")
	cfg.ProbeWait, cfg.RogueCheck = -1, -1
	if b.Server, err = dhcp.New(cfg, dhcp.Deps{
		Store: st, Log: slog.New(slog.DiscardHandler), Open: func(string) (dhcp.Conn, error) { return b.conn, nil },
	}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Serve(ctx) }()
	b.stop = func() error {
		cancel()
		return errors.Join(<-done, st.Close())
	}
	return b, nil
}

// silence is how long an answer is waited for that must not come, patience one
// that must.
const (
	silence  = 300 * time.Millisecond
	patience = 2 * time.Minute
)

// ask delivers a packet and returns the type and address of the answer, 0 for
// none. With mayFail it does not wait for an answer any more when the server has
// decided to send none, or could not store something.
func (b *box) ask(p []byte, src, dst string, mayFail bool) (byte, netip.Addr) {
	failures := func() uint64 { s := b.Stats(); return s.StoreErrors + s.Silent }
	before := failures()
	b.conn.Deliver(append(p, 255), wire.Meta{Src: netip.MustParseAddrPort(src + ":68"), Dst: netip.MustParseAddr(dst)})
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for timeout := time.After(patience); ; {
		select {
		case s := <-b.conn.Sent:
			if string(s.Data[4:8]) == string(p[4:8]) {
				return s.Data[242], netip.AddrFrom4([4]byte(s.Data[16:20]))
			}
		case <-look.C:
			if mayFail && failures() != before {
				mayFail, timeout = false, time.After(silence)
			}
		case <-timeout:
			return 0, netip.Addr{}
		}
	}
}

// bind plays a new phone and returns what it was acknowledged.
func (b *box) bind(n uint32) (netip.Addr, bool) {
	kind, ip := b.ask(Packet(1, n, n), "0.0.0.0", "255.255.255.255", true)
	if kind != 2 {
		return ip, false
	}
	a := ip.As4()
	p := append(Packet(3, n, n), 50, 4, a[0], a[1], a[2], a[3], 54, 4, 10, 77, 0, 1)
	kind, ip = b.ask(p, "0.0.0.0", "255.255.255.255", true)
	return ip, kind == 5
}

// renews reports whether a phone's renewal is acknowledged.
func (b *box) renews(n uint32, ip netip.Addr) bool {
	p := Packet(3, n, n)
	copy(p[12:], ip.AsSlice())
	kind, got := b.ask(p, ip.String(), "10.77.0.1", false)
	return kind == 5 && got == ip
}

// stored checks that an acknowledged lease is in the store.
func (b *box) stored(n uint32, ip netip.Addr) error {
	all, err := b.store.LoadLeases(context.Background())
	if err != nil {
		return err
	}
	want := fmt.Sprintf("00:15:65:%02x:%02x:%02x", byte(n>>16), byte(n>>8), byte(n))
	for _, l := range all {
		if l.IP == ip && l.MAC == want {
			return nil
		}
	}
	return fmt.Errorf("%s was acknowledged to %s and is not on the disk", ip, want)
}

// holds checks what must hold while the disk takes nothing: nobody new is
// acknowledged, who has a lease keeps it, and reads go on.
func (b *box) holds(first netip.Addr, n uint32) error {
	for i := range uint32(3) {
		if ip, ok := b.bind(n + i); ok {
			return fmt.Errorf("phone %d was acknowledged %s", n+i, ip)
		}
	}
	if !b.renews(1, first) {
		return errors.New("a phone whose lease is on the disk does not renew")
	}
	if len(b.Leases()) == 0 || b.Stats().StoreErrors == 0 {
		return fmt.Errorf("leases %d, stats %+v", len(b.Leases()), b.Stats())
	}
	return b.stored(1, first)
}

// disk is what the child of TestDisk does.
func disk(arg string) error {
	kind, dir, _ := strings.Cut(arg, " ")
	var err error
	switch kind {
	case "full":
		err = fullDisk(dir)
	case "fsync":
		err = failingSync(dir)
	case "bind":
		return bindForEver(dir)
	}
	if err != nil {
		return err
	}
	fmt.Println("good")
	return nil
}

func fullDisk(dir string) error {
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 300<<10), 0o600); err != nil {
		return err
	}
	b, err := newBox(dir)
	if err != nil {
		return err
	}
	first, ok := b.bind(1)
	if !ok {
		return errors.New("the first phone got no lease")
	}
	n := uint32(2)
	for ; ; n++ {
		ip, ok := b.bind(n)
		if !ok {
			break
		}
		if err := b.stored(n, ip); err != nil {
			return err
		}
		// Something else fills the disk meanwhile.
		f, err := os.OpenFile(filepath.Join(dir, "logs"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		_, _ = f.Write(make([]byte, 64<<10)) // until there is no room
		_ = f.Close()
		if n > 20000 {
			return errors.New("the disk never fills")
		}
	}
	if err := b.holds(first, n); err != nil {
		return fmt.Errorf("full disk: %w", err)
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	ip, ok := b.bind(n + 10)
	if !ok {
		return errors.New("no lease after room was made")
	}
	if err := errors.Join(b.stored(n+10, ip), b.stop()); err != nil {
		return err
	}
	if err := unix.Mount("none", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=1m"); err != nil {
		return fmt.Errorf("remount read-only: %w", err)
	}
	if b, err = newBox(dir); err != nil {
		return fmt.Errorf("start on a read-only disk: %w", err)
	}
	if err := b.holds(first, n+20); err != nil {
		return fmt.Errorf("read-only disk: %w", err)
	}
	return b.stop()
}

// failingSync has the kernel answer EIO to every sync of this process from now
// on, as a dying disk does.
func failingSync(dir string) error {
	b, err := newBox(dir)
	if err != nil {
		return err
	}
	first, ok := b.bind(1)
	if !ok {
		return errors.New("the first phone got no lease")
	}
	if err := breakSync(); err != nil {
		return fmt.Errorf("mount: %w", err) // not permitted here
	}
	if err := b.holds(first, 2); err != nil {
		return fmt.Errorf("failing sync: %w", err)
	}
	_ = b.stop() // the store may say that it could not sync
	return nil
}

func breakSync() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	const retErrno = 0x00050000
	prog := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_FSYNC, Jt: 2},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_FDATASYNC, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		{Code: unix.BPF_RET | unix.BPF_K, K: retErrno | uint32(unix.EIO)},
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	const setModeFilter, tsync = 1, 1
	if _, _, e := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, tsync, uintptr(unsafe.Pointer(&fprog))); e != 0 {
		return e
	}
	return nil
}

// Test R5: a full disk, a read-only one, and one that fails to sync: nobody is
// acknowledged what is not durable, and reads go on.
func TestDisk(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"full", "fsync"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), roleVar+"=disk "+kind+" "+t.TempDir())
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
			}
			out, err := cmd.CombinedOutput()
			if len(out) == 0 && err != nil || strings.Contains(string(out), "error mount: ") {
				t.Skipf("no namespaces for a disk of our own here: %v %s", err, out)
			}
			if err != nil || string(out) != "good\n" {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}

// bindForEver leases to new phones and prints each once it was acknowledged.
func bindForEver(dir string) error {
	b, err := newBox(dir)
	if err != nil {
		return err
	}
	all, err := b.store.LoadLeases(context.Background())
	if err != nil {
		return err
	}
	for n := uint32(len(all)) * 2; ; n++ {
		if ip, ok := b.bind(n); ok {
			fmt.Println("acked", n, ip)
		}
	}
}

// soakVar is how many times the server is killed; 60 without.
const soakVar = "PROVBOX_SOAK"

// Test R2: kill -9 during binds; everything that was acknowledged is there.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 60
	if n, err := strconv.Atoi(os.Getenv(soakVar)); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	acked := map[string]string{} // address: phone
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), roleVar+"=disk bind "+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, after := bufio.NewScanner(out), rng.IntN(10)
		delay := time.Duration(rng.IntN(3000)) * time.Microsecond
		for i := 0; lines.Scan(); i++ {
			f := strings.Fields(lines.Text())
			if len(f) != 3 || f[0] != "acked" {
				t.Fatalf("round %d: the server says %q", round, lines.Text())
			}
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			acked[f[2]] = fmt.Sprintf("00:15:65:%02x:%02x:%02x", byte(n>>16), byte(n>>8), byte(n))
			if i == after {
				time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait()
		// The next one may come at once: nothing but the store is looked at.
		st, report, err := store.Open(context.Background(), store.Config{Dir: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if p := report.Problems(); len(p) > 0 {
			t.Fatalf("round %d: %v", round, p)
		}
		leases, err := st.LoadLeases(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]string{}
		for _, l := range leases {
			have[l.IP.String()] = l.MAC
		}
		for ip, mac := range acked {
			if have[ip] != mac {
				t.Fatalf("round %d: %s was acknowledged to %s, the disk has %q", round, ip, mac, have[ip])
			}
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d leases acknowledged and found", rounds, len(acked))
}
