package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"

	"provbox/appliance/lan"
	"provbox/appliance/phone"
	"provbox/dhcp/client"
)

// bootTime bounds one boot of a virtual phone.
const bootTime = 30 * time.Second

// runPhone is the process of one phone. Each line on its input makes it fetch
// its files, the first after getting an address; it answers with what it got and
// an empty line.
func runPhone(ctx context.Context, args []string) error {
	for _, k := range phone.Kinds() {
		if len(args) == 1 && k.Name == args[0] {
			return play(ctx, k)
		}
	}
	return fmt.Errorf("no phone %q", args)
}

func play(ctx context.Context, k phone.Kind) error {
	server := ""
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		ctx, cancel := context.WithTimeout(ctx, bootTime)
		var (
			content []byte
			err     error
		)
		if server == "" {
			server, err = address(ctx, k)
		}
		if err == nil && server != "" {
			content, err = k.Account(ctx, server)
		}
		cancel()
		show(k, content, err)
		fmt.Println()
	}
	return nil
}

// address gets a lease, sets the interface, and returns where the files are.
func address(ctx context.Context, k phone.Kind) (string, error) {
	mac, err := net.ParseMAC(k.MAC)
	if err != nil {
		return "", err
	}
	c, err := client.Open(ctx, client.Config{Interface: "eth0", MAC: mac, VendorClass: k.VendorClass, Parameters: k.Parameters})
	if err != nil {
		return "", err
	}
	defer c.Close()
	l, err := c.Acquire(ctx)
	if err != nil {
		return "", err
	}
	if err := lan.SetAddr(os.Getpid(), "eth0", l.Prefix); err != nil {
		return "", err
	}
	if server := k.Provisioning(l); server != "" {
		return server, nil
	}
	// A phone that was told nothing tries the DHCP server.
	if k.TFTP {
		return l.Server.String(), nil
	}
	return "http://" + l.Server.String() + ":8667", nil
}

// account finds the SIP user, or the call manager of an SCCP phone, in a file.
var account = regexp.MustCompile(`(?m)^account\.1\.user_name\s*=\s*(\S+)|<processNodeName>([^<]+)</processNodeName>`)

func show(k phone.Kind, content []byte, err error) {
	switch m := account.FindSubmatch(content); {
	case err != nil:
		fmt.Printf("%-8s has no configuration: %v\n", k.Name, err)
	case m == nil:
		fmt.Printf("%-8s has %d bytes of configuration\n", k.Name, len(content))
	case len(m[1]) > 0:
		fmt.Printf("%-8s now has the SIP user %s\n", k.Name, m[1])
	default:
		fmt.Printf("%-8s now has the call manager %s\n", k.Name, m[2])
	}
}

// relay prints what a phone says; an empty line means that it is done.
func relay(out io.Reader, done chan<- struct{}) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "" {
			done <- struct{}{}
			continue
		}
		fmt.Println("             " + lines.Text())
	}
	close(done)
}

func mustPrefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
