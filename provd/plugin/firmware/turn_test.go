package firmware

import (
	"testing"
	"testing/synctest"

	"provbox/provd"
)

// What the decoders take is bounded for each archive, so archives are unpacked one
// after the other on a box, those of another plugin too.
func TestArchivesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		space := NewSpace(1<<30, func() (int64, error) { return 0, nil })
		one, two := newBox(t), newBox(t)
		for _, b := range []*box{one, two} {
			b.space = space
			b.file("f", "f.rar", makeRar(member{name: "x", content: "X"}))
			b.pkg("p", "f", "a-b: unrar $FILE1")
		}
		space.unpacking <- struct{}{} // as an install does all the while
		ops := make([]*provd.Operation, 2)
		for i, b := range []*box{one, two} {
			var err error
			ops[i], err = b.installer().Install("p")
			must(t, err)
		}
		if op := newOther(t, space); op.Reason() != "" {
			t.Errorf("what unpacks nothing has to wait: %s", op.Reason())
		}
		synctest.Wait()
		for _, op := range ops {
			if op.State() != provd.Progress {
				t.Errorf("while another unpacks: %s", op)
			}
		}
		<-space.unpacking
		for i, b := range []*box{one, two} {
			if <-ops[i].Done(); ops[i].Reason() != "" || b.installed()["x"] != "X" {
				t.Errorf("%s: %s", ops[i], ops[i].Reason())
			}
		}
	})
}

// newOther installs a package without an archive.
func newOther(t *testing.T, space *Space) *provd.Operation {
	t.Helper()
	b := newBox(t)
	b.space = space
	b.file("g", "g", []byte("G"))
	b.pkg("q", "g", "a-b: cp $FILE1 ./")
	return b.install(b.installer(), "q")
}

// An install that is ended while it waits for its turn leaves nothing.
func TestWaitForATurnEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		b.space = NewSpace(1<<30, func() (int64, error) { return 0, nil })
		b.space.unpacking <- struct{}{}
		b.file("f", "f.rar", makeRar(member{name: "x", content: "X"}))
		b.pkg("p", "f", "a-b: unrar $FILE1")
		in := b.installer()
		op, err := in.Install("p")
		must(t, err)
		synctest.Wait()
		in.Close()
		if <-op.Done(); op.State() != provd.Fail {
			t.Errorf("%s", op)
		}
		b.nothingLeft()
	})
}
