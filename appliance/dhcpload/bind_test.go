package dhcpload

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"provbox/dhcp/wire"
)

// BenchmarkBind is whole exchanges through server and store without a network,
// 64 at a time: what is left of BenchmarkDORA when the sockets are taken away.
func BenchmarkBind(b *testing.B) {
	x, err := newBox(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	meta := wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: netip.MustParseAddr("255.255.255.255")}
	sent, acked := 0, 0
	for b.ResetTimer(); acked < b.N; {
		for sent < b.N && sent-acked < 64 {
			sent++
			x.conn.Deliver(append(Packet(1, uint32(sent), uint32(sent)), 255), meta)
		}
		switch m := <-x.conn.Sent; m.Data[242] {
		case 2:
			n := binary.BigEndian.Uint32(m.Data[4:])
			x.conn.Deliver(append(Packet(3, n, n), 50, 4, m.Data[16], m.Data[17], m.Data[18], m.Data[19], 54, 4, 10, 77, 0, 1, 255), meta)
		case 5:
			acked++
		default:
			b.Fatalf("reply type %d", m.Data[242])
		}
	}
	b.StopTimer()
	st := x.Stats()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "DORA/s")
	b.ReportMetric(float64(st.Written)/float64(max(st.Writes, 1)), "leases/write")
	if err := x.stop(); err != nil {
		b.Fatal(err)
	}
}
