package provd_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// The texts are those of spec/rest.md section 10, but that a part has no label, not an
// empty one: clients could not parse that.
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
		"install_pkg|progress(download|progress(progress;0/9))(install|waiting)",
		"install_pkg|progress(download|progress(progress;4/9))(install|waiting)",
		"install_pkg|progress(download|success(success;9/9))(install|progress)",
		"install_pkg|fail(download|success(success;9/9))(install|fail)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, status := range got {
		if rest := parse(status); rest != "" {
			t.Errorf("a client cannot parse %q of %q", rest, status)
		}
	}
	if op.Reason() != "no" || op.State() != provd.Fail {
		t.Errorf("%s: reason %q", op.State(), op.Reason())
	}
}

// clientPattern is what wazo-provd-client parses an operation with, before its sub
// operations in parentheses (spec/wazo-link.md).
var clientPattern = regexp.MustCompile(`^(?:(\w+)\|)?(\w+)(?:;(\d+)(?:/(\d+))?)?`)

// parse returns what a client cannot parse of a status.
func parse(s string) (rest string) {
	head := clientPattern.FindString(s)
	if head == "" {
		return s
	}
	for s = s[len(head):]; strings.HasPrefix(s, "("); {
		if s = parse(s[1:]); !strings.HasPrefix(s, ")") {
			return s
		}
		s = s[1:]
	}
	return s
}

func TestParse(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"a|progress;1/2(b|x)(y(z))": "", "a|progress(|x)": "|x)", "progress((": "("} {
		if got := parse(status); got != want {
			t.Errorf("%s: %q, want %q", status, got, want)
		}
	}
}
