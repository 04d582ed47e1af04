package python

// Iterator is a Python iterator.
type Iterator interface {
	Value
	// Next returns the next value; ok is false at the end. It charges its own
	// steps where one Next can take more than a bounded time; the loop that calls
	// it charges one step per value.
	Next(t *Thread) (v Value, ok bool, err error)
}
