package query

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"provbox/provd/document"
)

// MaxSelector bounds the JSON text of a selector, in bytes.
const MaxSelector = 64 << 10

// MaxFields bounds the members that one query may ask for.
const MaxFields = 128

// Parse reads the parameters of a list request: q, q64, fields, skip, limit,
// sort and sort_ord; others are left to the caller. Of a repeated parameter the
// first value counts. As clients have always been allowed, a selector that is
// not JSON, a number that is not one and an unknown sort_ord are ignored; a
// selector that is JSON and wrong is an error, meant for the client. The members
// of a selector named by without count for nothing, whatever is in them.
func Parse(v url.Values, without ...string) (Query, error) {
	var q Query
	var err error
	if q.Selector, err = selector(v); err != nil {
		return Query{}, err
	}
	for _, member := range without {
		q.Selector.Delete(member)
	}
	if _, err := compile(q.Selector); err != nil {
		return Query{}, err
	}
	if v.Has("fields") {
		q.Fields = []string{}
		if f := v.Get("fields"); f != "" {
			q.Fields = strings.Split(f, ",")
		}
		if len(q.Fields) > MaxFields {
			return Query{}, fmt.Errorf("fields: %d members, at most %d are allowed", len(q.Fields), MaxFields)
		}
	}
	q.Skip = max(integer(v.Get("skip")), 0)
	q.Limit = integer(v.Get("limit"))
	q.Sort = v.Get("sort")
	q.Desc = v.Get("sort_ord") == "DESC"
	return q, nil
}

// integer returns 0, which means "not given" for skip and limit, for text that
// is not an integer, and the nearest that there is for one of too many digits.
func integer(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return n
}

func selector(v url.Values) (*document.Object, error) {
	text := []byte(v.Get("q"))
	name := "q"
	if v.Has("q64") {
		// q64 wins even when it cannot be decoded.
		name = "q64"
		if len(v.Get(name)) > 2*MaxSelector {
			return nil, tooLong(name)
		}
		text = decode64(v.Get(name))
	}
	if len(text) > MaxSelector {
		return nil, tooLong(name)
	}
	if len(text) == 0 {
		return nil, nil
	}
	value, err := document.DecodeValue(text)
	if err != nil {
		return nil, nil
	}
	o, ok := value.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("%s: the selector must be a JSON object", name)
	}
	return o, nil
}

func tooLong(name string) error {
	return fmt.Errorf("%s: the selector is longer than %d bytes", name, MaxSelector)
}

// decode64 accepts both alphabets, with and without padding, and the space that
// a "+" becomes in a query string that was not escaped. It returns nil for what
// is not base64.
func decode64(s string) []byte {
	s = strings.NewReplacer(" ", "+", "-", "+", "_", "/", "\n", "", "\r", "").Replace(s)
	s = strings.TrimRight(s, "=")
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
