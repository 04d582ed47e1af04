package bounded_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"provbox/provd/plugin/bounded"
)

func TestReadFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"four": {Data: []byte("1234")}, "none": {}}
	for _, tt := range []struct {
		name, file, want string
		limit            int64
		err              string
	}{
		{name: "smaller", file: "four", limit: 5, want: "1234"},
		{name: "exactly", file: "four", limit: 4, want: "1234"},
		{name: "larger", file: "four", limit: 3, err: "four is larger than 3 bytes"},
		{name: "empty", file: "none", limit: 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := bounded.ReadFile(files, tt.file, tt.limit)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := bounded.ReadFile(files, "missing", 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}
