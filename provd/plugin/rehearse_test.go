package plugin_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
)

const careless = testPlugin + `
    def _write(self, name):
        with open(self._tftpboot_dir + '/' + name, 'w') as f:
            f.write(name)

    def configure_common(self, raw_config):
        self._write('common.cfg')

    def configure(self, device, raw_config):
        self._write('a.cfg')
        if raw_config.get('bad'):
            raise Exception('bad config')
        self._write('b.cfg')

    def deconfigure(self, device):
        import os
        os.remove(self._tftpboot_dir + '/a.cfg')
        os.remove(self._tftpboot_dir + '/common.cfg')
        os.remove(self._tftpboot_dir + '/none')
`

func TestRehearse(t *testing.T) {
	t.Parallel()
	p, err := load(t.Context(), "careless", pack("entry.py", careless))
	if err != nil {
		t.Fatal(err)
	}
	dev := provd.Device{Object: document.New("id", "d1")}
	const missing = "FileNotFoundError: [Errno 2] No such file or directory: '/var/lib/wazo-provd/plugins/careless/var/tftpboot/none'"
	for _, tt := range []struct {
		name      string
		raw       *document.Object
		err       string
		files     []string
		remaining []string
	}{
		{"good", document.New(), "", []string{"a.cfg", "b.cfg"}, []string{"b.cfg"}},
		{"bad", document.New("bad", true), "Exception: bad config", []string{"a.cfg"}, nil},
	} {
		got := p.Rehearse(t.Context(), dev, tt.raw)
		want := plugin.Rehearsal{Files: make(map[string][]byte), Remaining: tt.remaining, RemovedCommon: []string{"common.cfg"}}
		for _, name := range tt.files {
			want.Files[name] = []byte(name)
		}
		configured, _ := plugin.ExceptionText(got.ConfigureErr)
		deconfigured, _ := plugin.ExceptionText(got.DeconfigureErr)
		if configured != tt.err || deconfigured != missing {
			t.Errorf("%s: %v, %v", tt.name, got.ConfigureErr, got.DeconfigureErr)
		}
		got.ConfigureErr, got.DeconfigureErr = nil, nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		// Nothing of it stays, and nothing is gone.
		if len(p.DeviceFiles("d1")) != 0 || len(p.CommonFiles()) != 1 {
			t.Errorf("%s: files of the device %v, of all %v", tt.name, p.DeviceFiles("d1"), p.CommonFiles())
		}
	}
}
