// Consolelog copies what the provbox program logs to the serial console. It is
// packed only into the image that the VM test boots, because gokrazy keeps the
// logs of its programs in memory, behind its unix socket (spec/image.md,
// "Running").
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	socket = "/run/gokrazy-http.sock"
	logURL = "http://gokrazy/log?path=/user/provbox&stream=stderr"
	retry  = 100 * time.Millisecond
)

func main() {
	console, err := os.OpenFile("/dev/console", os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	seen := 0
	for {
		// gokrazy sends the lines it has again to each new reader.
		n, err := copyLog(console, client, logURL, seen)
		seen = max(seen, n)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		time.Sleep(retry)
	}
}

// copyLog writes the lines after the first skip ones and returns how many there
// were in all.
func copyLog(w io.Writer, client *http.Client, url string, skip int) (lines int, err error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("read log: %s", resp.Status)
	}
	r := bufio.NewScanner(resp.Body)
	for r.Scan() {
		line, ok := strings.CutPrefix(r.Text(), "data: ")
		if !ok {
			continue
		}
		if lines++; lines > skip {
			if _, err := fmt.Fprintf(w, "provbox| %s\r\n", line); err != nil {
				return lines, err
			}
		}
	}
	return lines, r.Err()
}
