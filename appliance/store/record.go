package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"provbox/provd/document"
)

// A record's value is a checksum over its key and its content, then the
// content. bbolt checks its own structure only; without a checksum a flipped
// bit in a document would be served to a phone.
const sumSize = 4

// errSum says that a record is not what was written.
var errSum = errors.New("checksum does not match")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum(key, content []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, content)
}

// seal returns the value to store for the content under the key.
func seal(key, content []byte) []byte {
	v := make([]byte, sumSize, sumSize+len(content))
	binary.BigEndian.PutUint32(v, sum(key, content))
	return append(v, content...)
}

// unseal returns the content of a stored value, which shares its memory.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < sumSize || binary.BigEndian.Uint32(value) != sum(key, value[sumSize:]) {
		return nil, errSum
	}
	return value[sumSize:], nil
}

// decodeDocument reads a stored document.
func decodeDocument(key, value []byte) (*document.Object, error) {
	content, err := unseal(key, value)
	if err != nil {
		return nil, err
	}
	return document.Decode(content)
}
