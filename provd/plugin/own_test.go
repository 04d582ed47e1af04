package plugin_test

import (
	"testing"

	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
)

func TestLoadOwn(t *testing.T) {
	for _, id := range plugins.IDs() {
		p, err := plugin.Load(t.Context(), plugin.Config{ID: id, Package: plugins.FS(id), BaseRawConfig: document.New("ip", "192.0.2.1", "http_port", 8667)})
		if err != nil {
			t.Error(err)
			continue
		}
		t.Log(p.CommonFiles())
	}
}
