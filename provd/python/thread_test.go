package python

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	program, err := Compile("loop.py", []byte("while True:\n    wait()\n"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		thread := NewThread(t.Context(), Limits{})
		thread.SetTimeout(time.Minute)
		began := time.Now()
		globals := NewDict(1)
		globals.SetStr("wait", NewBuiltin("wait", func(*Thread, []Value, []Keyword) (Value, error) {
			time.Sleep(time.Millisecond)
			return None, nil
		}))
		err := program.Exec(thread, globals, &Env{Builtins: Builtins()})
		var limit *LimitError
		if !errors.As(err, &limit) || limit.What != "time" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an endless loop ended with %v", err)
		}
		if took := time.Since(began); took < time.Minute || took > 2*time.Minute {
			t.Errorf("after %v", took)
		}
	})
}

// What waits has a context that ends with the time of the call, and not with that of
// the thread alone.
func TestContextOfTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		thread := NewThread(t.Context(), Limits{})
		if thread.Context() != t.Context() {
			t.Error("a thread without a timeout has another context")
		}
		thread.SetTimeout(time.Minute)
		ctx := thread.Context()
		if d, ok := ctx.Deadline(); !ok || !d.Equal(time.Now().Add(time.Minute)) {
			t.Errorf("the context ends at %v, %v", d, ok)
		}
		if thread.Context() != ctx || thread.BaseContext() != t.Context() {
			t.Error("the contexts changed")
		}
		thread.Close()
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("after Close: %v", ctx.Err())
		}
	})
}

// Frames kept from a call that failed deep down, or that made a generator, do not
// show in the next one.
func TestFramesAreClean(t *testing.T) {
	t.Parallel()
	globals, err := execSource(t, Limits{}, `
def deep(n, seen=None):
    try:
        later
        return 'dirty'
    except UnboundLocalError:
        pass
    later = n
    if n == 0:
        raise ValueError('bottom')
    return deep(n - 1) + later

def numbers(n):
    total = deep.__name__ and 0
    for i in range(n):
        total += i
        yield total

def add(n):
    return sum(numbers(n))
`)
	if err != nil {
		t.Fatal(err)
	}
	var frames Frames
	call := func(name string, n int) (Value, error) {
		thread := NewThread(t.Context(), Limits{Depth: 900})
		thread.UseFrames(&frames)
		fn, _ := globals.GetStr(name)
		return Call(thread, fn, []Value{NewInt(n)}, nil)
	}
	for range 3 {
		if v, err := call("deep", 100); !IsException(err, ValueError) {
			t.Fatalf("deep: %v, %v", v, err)
		}
		if v, err := call("add", 5); err != nil || v != Value(Int(20)) {
			t.Fatalf("add: %v, %v", v, err)
		}
		var limit *LimitError
		if _, err := call("deep", 100_000); !errors.As(err, &limit) {
			t.Fatalf("too deep: %v", err)
		}
	}
	thread := NewThread(t.Context(), Limits{})
	thread.UseFrames(&frames)
	n := 0
	for f := frames.first; f != nil; f = f.callee {
		n++
		for _, v := range f.slots[:cap(f.slots)] {
			if v != nil {
				t.Fatalf("a kept frame holds %v", v)
			}
		}
	}
	if n != keptFrames {
		t.Errorf("%d frames are kept", n)
	}
}
