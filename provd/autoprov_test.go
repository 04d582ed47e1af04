package provd_test

import (
	"testing"

	"provbox/provd"
)

func TestAutoprovAccount(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ap23456789": true, "apéééééééé": true, "ap2345678": false, "ap234567890": false, "bp23456789": false, "": false, "AP23456789": false,
	} {
		if got := provd.AutoprovAccount(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
