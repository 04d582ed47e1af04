// Package bounded reads files whose size somebody else decides.
package bounded

import (
	"fmt"
	"io"
	"io/fs"
)

// ReadFile reads a whole file of at most limit bytes; a larger one is an error.
func ReadFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", name, limit)
	}
	return data, err
}
