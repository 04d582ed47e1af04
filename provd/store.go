package provd

import (
	"iter"

	"provbox/provd/document"
)

// Store keeps the documents. Implementations must be safe for concurrent use.
type Store interface {
	// View runs fn on a consistent snapshot. Documents read in it may be kept
	// and changed by the caller.
	View(fn func(Tx) error) error
	// Update runs fn in a transaction of its own, one at a time. When it
	// returns nil the changes are on disk; when fn or the disk fails, nothing
	// of them is.
	Update(fn func(Tx) error) error
}

// Tx is one transaction. It and its collections must not be used after the
// function that received it returns.
type Tx interface {
	// Devices are the device documents, indexed by mac, ip, sn, uuid, plugin,
	// config and tenant_uuid.
	Devices() Collection
	// Configs are the config documents, indexed by parent_ids (each of them),
	// role and X_type.
	Configs() Collection
	// Params are the service's parameters, each a document {"value": …}.
	Params() Collection
}

// Collection is a set of documents by id.
type Collection interface {
	// Get returns a document of the caller's own, or an *Error with NotFound.
	Get(id string) (*document.Object, error)
	// Put stores a document under its id, replacing the one that was there.
	Put(id string, doc *document.Object) error
	// Delete removes a document; one that does not exist is an *Error with
	// NotFound.
	Delete(id string) error
	// Len returns how many documents there are, without reading them.
	Len() int
	// All iterates in the order of the ids. A record that cannot be read is
	// skipped; the store reports it when it opens.
	All() iter.Seq2[string, *document.Object]
	// Find iterates over the documents whose member has exactly this string
	// value, in the order of the ids. The member must be an indexed one.
	Find(member, value string) iter.Seq2[string, *document.Object]
}
