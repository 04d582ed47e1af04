package appliance_test

import (
	"strings"
	"testing"
)

// What a package raises may be long, and hold what it was given: the device keeps
// what a screen takes of it, and the timeline, which more people read, the place and
// the class.
func TestMessagesOfAPackage(t *testing.T) {
	t.Parallel()
	script := strings.Replace(source(t, "good.py"), "        tpl = self._tpl.get_dev_template", `        if raw_config['X_greeting'] == 'hello':
            int('s3cret' + 'x' * 1000000)
        tpl = self._tpl.get_dev_template`, 1)
	d := newFrontDoor(t, packages{"good": {"entry.py": script, "templates/base.tpl": goodTemplate}})
	d.device("d", "00:15:65:aa:bb:01", "127.0.0.63", "good")
	got := d.member("d", "X_provbox_error")
	if !strings.Contains(got, "plugin good: configure: entry.py:") || !strings.Contains(got, "'s3cretxxx") || len(got) > 5000 {
		t.Errorf("the device says %d bytes: %.300s", len(got), got)
	}
	told := d.told("config")
	if !strings.Contains(told, "not configured [plugin=good reason=plugin good: configure: entry.py:") || strings.Contains(told, "s3cret") {
		t.Errorf("the journal says %.2000s", told)
	}
}
