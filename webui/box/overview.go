package box

// Group is a part of the overview: what belongs together, under one heading.
type Group struct {
	// Key names the heading: overview.KEY in the catalogues.
	Key   string
	Facts []Fact
}

// Fact is one thing that the overview shows.
type Fact struct {
	// Key names it: overview.KEY in the catalogues.
	Key string
	// Value is what it is, as it is shown.
	Value string
	// Word is a state in a word, overview.WORD in the catalogues, shown before
	// Value; Kind is how good it is: good, warn, bad or "".
	Word, Kind string
	// Copy is for values that people take elsewhere, such as keys.
	Copy bool
}
