package store

import "fmt"

// Report tells what Open found and had to do. With the zero value of all but
// From and To it was an orderly start.
type Report struct {
	// Damaged is the damaged file that was kept aside, Cause what is wrong with
	// it; empty for a sound store.
	Damaged, Cause string
	// Restored is the backup that took its place; empty when there was none, in
	// which case the store starts without documents.
	Restored string
	// Lost is true when the store file was not there although a backup is.
	Lost bool
	// Older is true when one of the two pages that name the last transaction is
	// damaged: what was written last may be lost.
	Older bool
	// Quarantined is how many records could not be read and were moved aside.
	Quarantined int
	// Missing is how many records the store should have and has not.
	Missing int
	// Reindexed is how many index entries did not match their records.
	Reindexed int
	// ReadOnly is true when the disk does not take writes at all.
	ReadOnly bool
	// Unmended is why what Quarantined and Reindexed count could not be put
	// right on the disk; empty if it was. Reads are right all the same, but
	// looking for a document by a member may miss it.
	Unmended string
	// From and To are the schemas before and now.
	From, To uint64
}

// Problems describes what an operator must know, one line each.
func (r Report) Problems() []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch {
	case r.Damaged != "" && r.Restored != "":
		add("the store was damaged (%s): the newest good backup %s is in use, what came after it is lost; the damaged file is kept as %s", r.Cause, r.Restored, r.Damaged)
	case r.Damaged != "":
		add("the store was damaged (%s) and there is no good backup: the box starts without documents; the damaged file is kept as %s", r.Cause, r.Damaged)
	case r.Lost:
		add("the store file was missing: the newest good backup %s is in use", r.Restored)
	}
	if r.Older {
		add("the store's record of its last write is damaged: that write may be lost")
	}
	if r.Quarantined > 0 {
		add("%d records of the store could not be read and were set aside", r.Quarantined)
	}
	if r.Missing > 0 {
		add("%d records of the store are missing", r.Missing)
	}
	if r.Reindexed > 0 {
		add("%d index entries of the store did not match their records and were mended", r.Reindexed)
	}
	if r.Unmended != "" {
		add("the store could not be mended: %s", r.Unmended)
	}
	if r.ReadOnly {
		add("the disk of the store is read-only: the box works with what is there and keeps nothing new; replace the disk")
	}
	return lines
}
