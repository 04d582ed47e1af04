package dhcpctl

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"provbox/dhcp"
)

// maxWait bounds how long servers are waited for.
const maxWait = time.Minute

// servers looks for DHCP servers on a LAN, as one does before switching ours on.
func servers(flags *flag.FlagSet, args []string, w io.Writer) error {
	name := flags.String("interface", "", "the network `interface` to ask on")
	wait := flags.Duration("wait", 3*time.Second, "how long to wait for answers")
	if err := parse(flags, args); err != nil {
		return err
	}
	switch {
	case *name == "":
		return usageError("--interface is missing")
	case *wait <= 0 || *wait > maxWait:
		return usageError(fmt.Sprintf("--wait %v is not between 0s and %v", *wait, maxWait))
	}
	found, err := dhcp.FindServers(*name, *wait, rand.Uint64)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintf(w, "no DHCP server answers on %s\n", *name)
	}
	for _, r := range found {
		fmt.Fprintln(w, r)
	}
	return nil
}
