package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt trusts its file: a page that is not what it should be makes it panic,
// and one beyond the end of the file kills the process with a signal. So the
// file is read here first, as bytes, and opened only when every page that bbolt
// can reach is sound. The layout is that of bbolt 1.4 and 1.5 (internal/common).
const (
	pageHeader   = 16 // id 8, flags 2, count 2, overflow 4
	element      = 16 // of a branch and of a leaf page
	bucketHeader = 16 // root page 8, sequence 8

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10

	leafBucket = 0x01 // the leaf element's value is a bucket

	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaSize    = 64 // with its checksum in the last 8 bytes

	noFreelist = ^uint64(0)

	// maxCheckDepth bounds the height of a tree and the nesting of buckets.
	// Ours are 4 and 2.
	maxCheckDepth = 32
	// maxPage bounds one page with its overflow, in bytes: the largest document
	// and then some.
	maxPage = 64 << 20
)

// damage is what Open cannot use a file for.
type damage struct{ err error }

func (d *damage) Error() string { return d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

func damagef(format string, args ...any) error { return &damage{fmt.Errorf(format, args...)} }

// metaPage is one of the two pages that say where everything is.
type metaPage struct {
	pageSize                   uint32
	id                         uint64 // in the page's header: 0 or 1
	root, freelist, pgid, txid uint64
	valid                      bool   // as bbolt sees it: its checksum matches
	problem                    string // why it is of no use; "" if it is
}

// checker walks the pages of one file.
type checker struct {
	r     io.ReaderAt
	page  int64 // size of a page
	pages uint64
	used  []uint64 // a bit per page: reached already
	loose bool     // see verdict
}

// verdict is what checkFile says about a file that can be read.
type verdict struct {
	// older tells that one of the two meta pages is damaged. When it is that of
	// the last transaction, bbolt uses the state before it.
	older bool
	// loose tells that a branch names another key for a page than the first one
	// in it. Reading copes with that; a write to such a page makes bbolt lose
	// its way and panic.
	loose bool
}

// checkFile reads the structure of a bbolt file and returns a *damage error for
// the first thing that is not sound: every page must be in one place of one
// tree, or free. It changes nothing, holds one page at a time per level, and
// never panics, whatever the bytes are.
func checkFile(r io.ReaderAt, size int64) (v verdict, err error) {
	m, older, err := readMeta(r, size)
	if err != nil {
		return v, err
	}
	c := &checker{r: r, page: int64(m.pageSize), pages: m.pgid}
	if m.pgid > uint64(size/c.page) {
		return v, damagef("the file has %d bytes, its pages need %d: it was cut off", size, m.pgid*uint64(c.page))
	}
	c.used = make([]uint64, m.pgid/64+1)
	for _, id := range []uint64{0, 1} {
		if err := c.claim(id, 0); err != nil {
			return v, err
		}
	}
	if _, err := c.tree(m.root, nil, nil, 0); err != nil {
		return v, err
	}
	v = verdict{older: older, loose: c.loose}
	if m.freelist == noFreelist {
		return v, nil
	}
	if err := c.freelist(m.freelist); err != nil {
		return v, err
	}
	return v, c.complete()
}

// readMeta returns the meta page that bbolt will use, the valid one of the later
// transaction, and whether there is no other good one.
func readMeta(r io.ReaderAt, size int64) (best metaPage, alone bool, err error) {
	best, alone = metaAt(r, 0), true
	first := best
	// The second one lies at the end of the first page, whose size the first
	// one knows only while it is valid.
	for s := int64(1024); s <= 16<<20 && s < size; s *= 2 {
		if first.valid && s != int64(first.pageSize) {
			continue
		}
		m := metaAt(r, s)
		if !m.valid || int64(m.pageSize) != s {
			continue
		}
		// The same page twice: one of them was written over.
		alone = !first.valid || first.id == m.id || first.txid == m.txid
		if !best.valid || m.txid > best.txid {
			best = m
		}
		break
	}
	if best.problem != "" {
		return best, alone, damagef("the page that says where everything is: %s", best.problem)
	}
	return best, alone, nil
}

func metaAt(r io.ReaderAt, offset int64) metaPage {
	b := make([]byte, pageHeader+metaSize)
	if _, err := r.ReadAt(b, offset); err != nil {
		return metaPage{problem: err.Error()}
	}
	le := binary.NativeEndian
	id := le.Uint64(b)
	b = b[pageHeader:]
	m := metaPage{
		id: id, pageSize: le.Uint32(b[8:]), root: le.Uint64(b[16:]), freelist: le.Uint64(b[32:]),
		pgid: le.Uint64(b[40:]), txid: le.Uint64(b[48:]),
	}
	h := fnv.New64a()
	_, _ = h.Write(b[:metaSize-8])
	switch {
	case le.Uint32(b) != metaMagic:
		m.problem = "not a bbolt file"
	case le.Uint32(b[4:]) != metaVersion:
		m.problem = fmt.Sprintf("format version %d", le.Uint32(b[4:]))
	case le.Uint64(b[metaSize-8:]) != h.Sum64():
		m.problem = "checksum does not match"
	default:
		m.valid = true
	}
	// What follows was written so: bbolt would use it, and fail.
	switch {
	case !m.valid:
	case m.pageSize < 1024 || m.pageSize > 16<<20 || m.pageSize&(m.pageSize-1) != 0:
		m.problem = fmt.Sprintf("page size %d", m.pageSize)
	case m.root < 2 || m.root >= m.pgid || m.freelist != noFreelist && (m.freelist < 2 || m.freelist >= m.pgid):
		m.problem = "its pages lie outside the file"
	}
	return m
}

// claim marks a page and those it overflows into, and refuses one that is
// outside the file or reached a second time.
func (c *checker) claim(id uint64, overflow uint32) error {
	if id >= c.pages || uint64(overflow) >= c.pages-id {
		return damagef("page %d lies outside the file", id)
	}
	for p := id; p <= id+uint64(overflow); p++ {
		if c.used[p/64]&(1<<(p%64)) != 0 {
			return damagef("page %d is used twice", p)
		}
		c.used[p/64] |= 1 << (p % 64)
	}
	return nil
}

// load claims and reads one page with its overflow.
func (c *checker) load(id uint64, flags ...uint16) ([]byte, error) {
	if id < 2 || id >= c.pages {
		return nil, damagef("page %d lies outside the file", id)
	}
	le := binary.NativeEndian
	head := make([]byte, pageHeader)
	if _, err := c.r.ReadAt(head, int64(id)*c.page); err != nil {
		return nil, damagef("page %d: %w", id, err)
	}
	if le.Uint64(head) != id {
		return nil, damagef("page %d says it is page %d", id, le.Uint64(head))
	}
	known := false
	for _, f := range flags {
		known = known || le.Uint16(head[8:]) == f
	}
	if !known {
		return nil, damagef("page %d is of kind %#x", id, le.Uint16(head[8:]))
	}
	overflow := le.Uint32(head[12:])
	if err := c.claim(id, overflow); err != nil {
		return nil, err
	}
	length := (int64(overflow) + 1) * c.page
	if length > maxPage {
		return nil, damagef("page %d has %d bytes", id, length)
	}
	b := make([]byte, length)
	if _, err := c.r.ReadAt(b, int64(id)*c.page); err != nil {
		return nil, damagef("page %d: %w", id, err)
	}
	return b, nil
}

// tree checks the pages below one and returns their first key. The keys must be
// at least low and below high; nil is no bound.
func (c *checker) tree(id uint64, low, high []byte, depth int) (first []byte, err error) {
	if depth > maxCheckDepth {
		return nil, damagef("page %d is more than %d levels deep", id, maxCheckDepth)
	}
	b, err := c.load(id, flagBranch, flagLeaf)
	if err != nil {
		return nil, err
	}
	le := binary.NativeEndian
	if le.Uint16(b[8:]) == flagLeaf {
		return c.leaf(id, b, low, high, depth)
	}
	count := int(le.Uint16(b[10:]))
	if count == 0 {
		return nil, damagef("branch page %d is empty", id)
	}
	type child struct {
		key []byte
		id  uint64
	}
	children := make([]child, count)
	for i := range children {
		at := pageHeader + i*element
		if at+element > len(b) {
			return nil, damagef("page %d: element %d lies outside the page", id, i)
		}
		key, err := span(b, at, le.Uint32(b[at:]), le.Uint32(b[at+4:]))
		if err != nil {
			return nil, damagef("page %d: element %d: %w", id, i, err)
		}
		if i > 0 && bytes.Compare(children[i-1].key, key) >= 0 {
			return nil, damagef("page %d: the keys are out of order", id)
		}
		children[i] = child{key, le.Uint64(b[at+8:])}
	}
	for i, ch := range children {
		// bbolt searches the first child for what is smaller than its key, too.
		lower, upper := ch.key, high
		if i == 0 {
			lower = low
		}
		if i+1 < len(children) {
			upper = children[i+1].key
		}
		first, err := c.tree(ch.id, lower, upper, depth+1)
		if err != nil {
			return nil, err
		}
		c.loose = c.loose || !bytes.Equal(first, ch.key)
	}
	return children[0].key, nil
}

// leaf checks the elements of a leaf page, or of the page that a small bucket
// has inside its value, and returns the first key.
func (c *checker) leaf(id uint64, b, low, high []byte, depth int) (first []byte, err error) {
	le := binary.NativeEndian
	var last []byte
	for i := range int(le.Uint16(b[10:])) {
		at := pageHeader + i*element
		if at+element > len(b) {
			return nil, damagef("page %d: element %d lies outside the page", id, i)
		}
		pos, ksize, vsize := le.Uint32(b[at+4:]), le.Uint32(b[at+8:]), le.Uint32(b[at+12:])
		key, err := span(b, at, pos, ksize)
		if err != nil {
			return nil, damagef("page %d: element %d: %w", id, i, err)
		}
		value, err := span(b, at+int(pos)+int(ksize), 0, vsize)
		if err != nil {
			return nil, damagef("page %d: element %d: %w", id, i, err)
		}
		if i > 0 && bytes.Compare(last, key) >= 0 || low != nil && bytes.Compare(key, low) < 0 || high != nil && bytes.Compare(key, high) >= 0 {
			return nil, damagef("page %d: the keys are out of order", id)
		}
		if last = key; i == 0 {
			first = key
		}
		switch le.Uint32(b[at:]) {
		case 0:
		case leafBucket:
			if err := c.bucket(id, value, depth); err != nil {
				return nil, err
			}
		default:
			return nil, damagef("page %d: element %d is of kind %#x", id, i, le.Uint32(b[at:]))
		}
	}
	return first, nil
}

func (c *checker) bucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHeader {
		return damagef("page %d: a bucket's header is cut off", id)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		_, err := c.tree(root, nil, nil, depth+1)
		return err
	}
	page := value[bucketHeader:]
	if len(page) < pageHeader || depth > maxCheckDepth {
		return damagef("page %d: a bucket inside it is cut off", id)
	}
	if binary.NativeEndian.Uint64(page) != 0 || binary.NativeEndian.Uint16(page[8:]) != flagLeaf {
		return damagef("page %d: a bucket inside it is not a leaf", id)
	}
	_, err := c.leaf(id, page, nil, nil, depth+1)
	return err
}

// span returns size bytes that start pos bytes after at.
func span(b []byte, at int, pos, size uint32) ([]byte, error) {
	from := int64(at) + int64(pos)
	to := from + int64(size)
	if to > int64(len(b)) {
		return nil, fmt.Errorf("bytes %d to %d lie outside the page", from, to)
	}
	return b[from:to], nil
}

// freelist checks the list of free pages: each inside the file, none in use,
// none twice.
func (c *checker) freelist(id uint64) error {
	b, err := c.load(id, flagFreelist)
	if err != nil {
		return err
	}
	le := binary.NativeEndian
	ids := b[pageHeader:]
	count := uint64(le.Uint16(b[10:]))
	if count == 0xffff {
		// More than fit the header: the first entry is the count.
		count = le.Uint64(ids)
		ids = ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return damagef("the list of free pages has %d entries and room for %d", count, len(ids)/8)
	}
	for i := range count {
		free := le.Uint64(ids[i*8:])
		if free < 2 {
			return damagef("page %d is in the list of free pages", free)
		}
		if err := c.claim(free, 0); err != nil {
			return fmt.Errorf("free list: %w", err)
		}
	}
	return nil
}

// complete checks that no page was forgotten: one that no tree leads to and that
// is not free belonged to something that is lost.
func (c *checker) complete() error {
	for id := range c.pages {
		if c.used[id/64]&(1<<(id%64)) == 0 {
			return damagef("page %d is neither in use nor free", id)
		}
	}
	return nil
}
