package rest

import "strings"

// Described are the rows that have a description.
func Described() map[string]bool {
	all := make(map[string]bool)
	for row := range descriptions() {
		all[row] = true
	}
	return all
}

// Row is one row of the table.
type Row struct{ Method, Path, ACL string }

// Table returns the rows of an API with this configuration, their paths below /0.2.
func Table(cfg Config) []Row {
	var rows []Row
	for _, r := range (&api{cfg: cfg}).table() {
		rows = append(rows, Row{r.method, strings.TrimPrefix("/"+strings.Join(r.path, "/"), "/0.2"), r.acl})
	}
	return rows
}

// MaxConcurrent is how many requests are at work at most.
const MaxConcurrent = maxConcurrent
