package uplink

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/ipc"
	"golang.zx2c4.com/wireguard/tun"
	"golang.zx2c4.com/wireguard/wgctrl"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// Open makes the kernel's interface, or one in user space where the kernel has no
// WireGuard.
func (l linux) Open(name string, mtu int) (tunnel, error) {
	if err := takeAway(name); err != nil {
		return nil, err
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.MTU, attrs.Alias = name, mtu, alias
	err := netlink.LinkAdd(&netlink.Wireguard{LinkAttrs: attrs})
	switch {
	case err == nil:
		return openKernel(name)
	// This is how rtnetlink answers for a kind of link that it does not know.
	case errors.Is(err, unix.EOPNOTSUPP):
		l.log.Debug("the kernel has no WireGuard, it is done in user space", "err", err)
		return openUserSpace(name, mtu, l.log)
	case errors.Is(err, unix.EPERM):
		return nil, fmt.Errorf("make interface %s: %w: the box needs the capability CAP_NET_ADMIN", name, err)
	}
	return nil, fmt.Errorf("make interface %s: %w", name, err)
}

// takeAway removes an interface that an uplink left behind when it crashed. One
// of the same name that is not an uplink's stays.
func takeAway(name string) error {
	l, err := netlink.LinkByName(name)
	var missing netlink.LinkNotFoundError
	switch {
	case errors.As(err, &missing):
		return nil
	case err != nil:
		return fmt.Errorf("look for interface %s: %w", name, err)
	case l.Attrs().Alias == alias && l.Type() != "wireguard":
		// In user space an interface goes with its process: this one is alive.
		return fmt.Errorf("interface %s belongs to a box that is running; choose another name (uplink.interface)", name)
	case l.Attrs().Alias != alias:
		return fmt.Errorf("there is an interface %s already that the box has not made; remove it or choose another name (uplink.interface)", name)
	}
	if err := netlink.LinkDel(l); err != nil {
		return fmt.Errorf("remove the interface %s of an earlier run: %w", name, err)
	}
	return nil
}

// control reads and sets keys and peers of an interface of either kind.
type control struct {
	name string
	*wgctrl.Client
}

// newControl must be called after the interface is there: with the first one the
// kernel may just have loaded its module.
func newControl(name string) (control, error) {
	c, err := wgctrl.New()
	if err != nil {
		return control{}, fmt.Errorf("control of interface %s: %w", name, err)
	}
	return control{name, c}, nil
}

func (c control) Configure(cfg wgtypes.Config) error { return c.ConfigureDevice(c.name, cfg) }
func (c control) Device() (*wgtypes.Device, error)   { return c.Client.Device(c.name) }

// kernelTunnel is an interface of the kernel.
type kernelTunnel struct {
	control
	index int
}

func openKernel(name string) (tunnel, error) {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return nil, fmt.Errorf("look at interface %s: %w", name, err)
	}
	c, err := newControl(name)
	if err != nil {
		return nil, errors.Join(err, netlink.LinkDel(l))
	}
	return &kernelTunnel{c, l.Attrs().Index}, nil
}

func (*kernelTunnel) Kind() string          { return Kernel }
func (*kernelTunnel) Done() <-chan struct{} { return nil } // its going shows in the state

// Close removes the interface, if it is still the one that was made.
func (t *kernelTunnel) Close() error {
	err := t.Client.Close()
	if l, lerr := netlink.LinkByIndex(t.index); lerr == nil && l.Attrs().Alias == alias {
		err = errors.Join(err, netlink.LinkDel(l))
	}
	return err
}

// userTunnel is an interface of this process, which ends with it.
type userTunnel struct {
	control
	device *device.Device
	socket interface{ Close() error }
	served chan struct{} // closed when the control socket is not served any more
}

func openUserSpace(name string, mtu int, log *slog.Logger) (t tunnel, err error) {
	dev, err := tun.CreateTUN(name, mtu)
	if err != nil {
		return nil, fmt.Errorf("make interface %s in user space: %w", name, err)
	}
	u := &userTunnel{device: device.NewDevice(dev, conn.NewDefaultBind(), logger(log)), served: make(chan struct{})}
	defer func() {
		if err != nil {
			u.device.Close()
		}
	}()
	l, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkSetAlias(l, alias)
	}
	if err != nil {
		return nil, fmt.Errorf("mark interface %s: %w", name, err)
	}
	// wg(8) and wgctrl talk to interfaces in user space through this socket.
	file, err := ipc.UAPIOpen(name)
	if err != nil {
		return nil, fmt.Errorf("control of interface %s: make a socket in /var/run/wireguard: %w", name, err)
	}
	socket, err := ipc.UAPIListen(name, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("control of interface %s: %w", name, err)
	}
	go func() {
		defer close(u.served)
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			// Ends with the connection, which wgctrl closes after each question.
			go u.device.IpcHandle(c)
		}
	}()
	u.socket = socket
	if u.control, err = newControl(name); err != nil {
		return nil, errors.Join(err, u.closeSocket())
	}
	return u, nil
}

func (*userTunnel) Kind() string            { return UserSpace }
func (u *userTunnel) Done() <-chan struct{} { return u.device.Wait() }

func (u *userTunnel) Close() error {
	u.device.Close()
	return errors.Join(u.Client.Close(), u.closeSocket())
}

func (u *userTunnel) closeSocket() error {
	err := u.socket.Close()
	<-u.served
	return err
}

// logger has the library speak at the level of details: a peer that cannot be
// reached has it complain every few seconds.
func logger(log *slog.Logger) *device.Logger {
	debug := func(format string, args ...any) { log.Debug("wireguard", "says", fmt.Sprintf(format, args...)) }
	return &device.Logger{Verbosef: debug, Errorf: debug}
}
