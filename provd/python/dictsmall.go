package python

// Small dicts begin in one piece with the room for their members: programs make
// many of them and add to few.
type (
	dict1 struct {
		Dict
		room [1]dictEntry
	}
	dict2 struct {
		Dict
		room [2]dictEntry
	}
	dict3 struct {
		Dict
		room [3]dictEntry
	}
	dict4 struct {
		Dict
		room [4]dictEntry
	}
	dict6 struct {
		Dict
		room [6]dictEntry
	}
	dict8 struct {
		Dict
		room [8]dictEntry
	}
)

// newSmall is NewDict for up to scanLimit members.
func newSmall(n int) *Dict {
	switch n {
	case 1:
		d := new(dict1)
		d.entries = d.room[:0]
		return &d.Dict
	case 2:
		d := new(dict2)
		d.entries = d.room[:0]
		return &d.Dict
	case 3:
		d := new(dict3)
		d.entries = d.room[:0]
		return &d.Dict
	case 4:
		d := new(dict4)
		d.entries = d.room[:0]
		return &d.Dict
	case 5, 6:
		d := new(dict6)
		d.entries = d.room[:0]
		return &d.Dict
	case 7, 8:
		d := new(dict8)
		d.entries = d.room[:0]
		return &d.Dict
	}
	return new(Dict)
}
