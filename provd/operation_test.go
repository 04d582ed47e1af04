package provd_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// The texts are those of spec/rest.md section 10.
func TestOperationText(t *testing.T) {
	t.Parallel()
	var got []string
	download, install := provd.NewWaiting("download"), provd.NewWaiting("install")
	op := provd.NewOperation("install_pkg", download, install)
	show := func() { got = append(got, op.String()) }
	show()
	download.Begin()
	show()
	file := download.AddPart(9)
	show()
	file.Count(4, 9)
	show()
	file.Count(9, 9)
	file.Finish(nil)
	download.Finish(nil)
	install.Begin()
	show()
	install.Finish(errors.New("no"))
	install.Finish(nil)
	install.Begin()
	op.Finish(errors.New("no"))
	show()
	want := []string{
		"install_pkg|progress(download|waiting)(install|waiting)",
		"install_pkg|progress(download|progress)(install|waiting)",
		"install_pkg|progress(download|progress(|progress;0/9))(install|waiting)",
		"install_pkg|progress(download|progress(|progress;4/9))(install|waiting)",
		"install_pkg|progress(download|success(|success;9/9))(install|progress)",
		"install_pkg|fail(download|success(|success;9/9))(install|fail)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if op.Reason() != "no" || op.State() != provd.Fail {
		t.Errorf("%s: reason %q", op.State(), op.Reason())
	}
}
