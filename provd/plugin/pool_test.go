package plugin

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
)

const showEntry = `
import time
from wazo_provd import plugins

class Show(plugins.StandardPlugin):
    IS_PLUGIN = True

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tpl_helper = plugins.TemplatePluginHelper(plugin_dir)

    def configure(self, device, raw_config):
        tpl = self._tpl_helper.get_dev_template('phone', device)
        self._tpl_helper.dump(tpl, raw_config, self._tftpboot_dir + '/' + device['id'] + '.cfg')
        with open(self._tftpboot_dir + '/plain.txt', 'w') as f:
            f.write('plain')

    def is_sensitive_filename(self, filename):
        return filename.endswith('.cfg')
`

func showPlugin(t *testing.T) *Plugin {
	t.Helper()
	p, err := Load(context.Background(), Config{
		ID: "show",
		Package: fstest.MapFS{
			"plugin-info":        {Data: []byte(`{"version":"1","description":"Test","capabilities":{}}`)},
			"entry.py":           {Data: []byte(showEntry)},
			"templates/base.tpl": {Data: []byte("base {{ X_v }}")},
			"templates/M1.tpl":   {Data: []byte("model {{ X_v }}")},
		},
		Site: fstest.MapFS{"var/templates/base.tpl": {Data: []byte("site {{ X_v }}")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Show tells what would be written, with which template, and writes nothing.
func TestShow(t *testing.T) {
	t.Parallel()
	p := showPlugin(t)
	tests := []struct {
		name string
		dev  provd.Device
		want []provd.File
	}{
		{"a template of the package", provd.NewDevice("id", "d1", "model", "M1"), []provd.File{
			{Name: "d1.cfg", Template: "M1.tpl", Sensitive: true, Content: []byte("model 7")},
			{Name: "plain.txt", Content: []byte("plain")},
		}},
		{"one of the site", provd.NewDevice("id", "d2", "model", "M2"), []provd.File{
			{Name: "d2.cfg", Template: "base.tpl", Custom: true, Sensitive: true, Content: []byte("site 7")},
			{Name: "plain.txt", Content: []byte("plain")},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.Show(context.Background(), tt.dev, document.New("X_v", "7"))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if files := p.DeviceFiles(tt.dev.ID()); len(files) != 0 {
				t.Errorf("kept %v", files)
			}
		})
	}
}

// Calls of one pool run side by side, as many as there are cores.
func TestPool(t *testing.T) {
	t.Parallel()
	p := showPlugin(t)
	width := cap(p.work.slots)
	if width != min(maxWorkers, runtime.GOMAXPROCS(0)) {
		t.Fatalf("%d side by side", width)
	}
	var all sync.WaitGroup
	all.Add(width)
	errs := make(chan error, width)
	for range width {
		go func() {
			errs <- p.work.call(context.Background(), "test", Budget{Time: time.Minute}, call{files: p.files.ReadOnly()}, func(*run) error {
				all.Done()
				all.Wait() // for the others: they must be inside, too
				return nil
			})
		}()
	}
	for range width {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if len(p.work.all) != width {
		t.Errorf("%d interpreters", len(p.work.all))
	}
	p.work.alone()
	if cap(p.work.slots) != 1 {
		t.Error("alone is not alone")
	}
}
