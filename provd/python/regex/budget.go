package regex

// Budget receives the work of a match while it runs. *python.Thread is one.
// An error of either method ends the match and is returned unchanged.
type Budget interface {
	// Step charges n units of work.
	Step(n int) error
	// Alloc charges n bytes before they are requested.
	Alloc(n int64) error
}

const (
	// stepsPerCharge is how many engine steps go into one Budget step: an
	// engine step is a small part of an interpreter's.
	stepsPerCharge = 4
	// chargeEvery is how many engine steps pass between two charges.
	chargeEvery = 1024
	// maxSteps bounds the engine steps of one call without a Budget.
	maxSteps = 20_000_000
	// maxStack bounds the backtrack stack in entries of 16 bytes.
	maxStack = 4 << 20
)

// meter counts the engine steps of one call.
type meter struct {
	budget Budget
	left   int // steps until the next charge
	total  int64
}

func newMeter(b Budget) meter { return meter{budget: b, left: chargeEvery} }

// charge reports chargeEvery steps.
func (m *meter) charge() error {
	m.left += chargeEvery
	m.total += chargeEvery
	if m.budget != nil {
		return m.budget.Step(chargeEvery / stepsPerCharge)
	}
	if m.total > maxSteps {
		return &LimitError{"step"}
	}
	return nil
}

// finish reports the steps of an unfinished round.
func (m *meter) finish() error {
	n := (chargeEvery - m.left) / stepsPerCharge
	m.left = chargeEvery
	if m.budget != nil {
		return m.budget.Step(n + 1)
	}
	return nil
}

// charge reports n engine steps at once, for work that cannot be interrupted.
func charge(b Budget, n int) error {
	if b != nil {
		return b.Step(n/stepsPerCharge + 1)
	}
	return nil
}
