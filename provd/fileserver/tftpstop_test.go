package fileserver_test

import (
	"context"
	"net"
	"testing"

	"provbox/provd/fileserver"
)

// A server that is stopped while it starts ends all the same.
func TestTFTPStopsWhileStarting(t *testing.T) {
	t.Parallel()
	for range 200 {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		if err := fileserver.NewTFTP(fileserver.TFTPConfig{}).Serve(ctx, conn); err != nil {
			t.Fatal(err)
		}
	}
}
