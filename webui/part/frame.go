// Package part holds what the pages have in common: the frame around each of
// them, and pieces such as states, notices and problems of a form.
package part

import "context"

// Frame is what surrounds a page.
type Frame struct {
	// Title names the page, in the language of the reader.
	Title string
	// Section is the key of the navigation entry that the page belongs to, "" for
	// none.
	Section string
	// Narrow is for pages of one form.
	Narrow bool
	// Inside tells that the reader is logged in.
	Inside bool
	// Notices are what happened since the last page, each a text.
	Notices []string
	// Version is the program's.
	Version string
	// Asset finds the path of a file that the page needs.
	Asset func(name string) string
}

// section is an entry of the navigation.
type section struct{ key, path string }

// sections are in the order of the navigation.
var sections = []section{
	{"nav.overview", "/"},
	{"nav.rules", "/dhcp/rules"},
}

// Problem is something wrong with what was sent in a form.
type Problem struct {
	// Field is the id of the form's field, "" when it is about no single one.
	Field string
	// Text says what is wrong, in the language of the reader.
	Text string
	// Question tells that the form asks for something and saves nothing.
	Question bool
}

// heading is the key of what stands over the problems of a form.
func heading(all []Problem) string {
	if all[0].Question {
		return "form.no_answer"
	}
	return "form.problems"
}

// Of returns the text of the first problem of a field, "" if there is none.
func Of(problems []Problem, field string) string {
	for _, p := range problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// invalid is the value of aria-invalid for a field.
func invalid(problems []Problem, field string) string {
	if Of(problems, field) != "" {
		return "true"
	}
	return "false"
}

// title is the page's with the program's name, for the browser's tab.
func (f Frame) title(context.Context) string { return f.Title + " · Provbox" }

// describedBy names the elements that say more about a field.
func describedBy(problems []Problem, field, hint string) string {
	ids := ""
	if hint != "" {
		ids = field + "-hint"
	}
	if Of(problems, field) != "" {
		ids += " " + field + "-wrong"
	}
	return ids
}
