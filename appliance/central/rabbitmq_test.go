package central_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// The same against RabbitMQ itself, where it is installed.
func TestBusOnRabbitMQ(t *testing.T) {
	port := startRabbitMQ(t)
	bus, tenants, _, _ := listen(t, port)
	until(t, "the connection", bus.Connected)
	publish(t, port, amqp.Table{"name": "auth_tenant_added"}, deleted("other"))
	publish(t, port, amqp.Table{"name": "auth_tenant_deleted", "origin_uuid": "x"}, deleted("gone"))
	if got := wait(t, "the event", tenants); got != "gone" {
		t.Errorf("heard of %q", got)
	}
}

// rabbitMQ returns the program. Debian's command of that name would change to a
// user who cannot write where the test lets it; behind it is the program itself.
func rabbitMQ() (string, error) {
	const debian = "/usr/lib/rabbitmq/bin/rabbitmq-server"
	if _, err := os.Stat(debian); err == nil {
		return debian, nil
	}
	return exec.LookPath("rabbitmq-server")
}

// startRabbitMQ runs a broker of its own on the loopback interface, or skips the
// test.
func startRabbitMQ(t *testing.T) (port int) {
	t.Helper()
	program, err := rabbitMQ()
	if err != nil {
		t.Skip("rabbitmq-server is not installed; the stand-in broker is what was tested")
	}
	port = freePort(t)
	names := freePort(t) // of the name service that it starts
	dir := t.TempDir()
	var out bytes.Buffer
	cmd := exec.Command(program)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the program is a shell script with children
	cmd.Env = append(os.Environ(),
		fmt.Sprintf("RABBITMQ_NODENAME=provbox%d@localhost", port), fmt.Sprintf("RABBITMQ_NODE_PORT=%d", port),
		"RABBITMQ_NODE_IP_ADDRESS=127.0.0.1", fmt.Sprintf("RABBITMQ_DIST_PORT=%d", freePort(t)), fmt.Sprintf("ERL_EPMD_PORT=%d", names),
		"RABBITMQ_MNESIA_BASE="+dir, "RABBITMQ_LOG_BASE="+dir, "RABBITMQ_LOGS=-", "RABBITMQ_ENABLED_PLUGINS_FILE="+dir+"/plugins", "HOME="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		_ = exec.Command("epmd", "-port", fmt.Sprint(names), "-kill").Run() // it has left the group
	})
	for end := time.Now().Add(4 * patience); ; time.Sleep(200 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = conn.Close()
			return port
		}
		select {
		case err := <-ended:
			ended <- err
			t.Skipf("rabbitmq-server cannot run here, the stand-in broker is what was tested: %v\n%s", err, out.String())
		default:
		}
		if time.Now().After(end) {
			t.Fatal("rabbitmq-server did not start")
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
