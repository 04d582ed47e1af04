// Package words holds what the local page says, in every language it speaks.
//
// Pages ask for a text by its key; a catalogue is a flat JSON file of keys and
// texts, with the verbs of package fmt where something is filled in. All
// catalogues have the same keys with the same verbs, which a test checks.
package words

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// tags are the languages there are catalogues of; the first is for everyone else.
var tags = []language.Tag{language.English, language.French}

// Words are the texts of one language. They are immutable; nil has none.
type Words struct {
	tag   language.Tag
	texts map[string]string
}

// Catalogue is all languages.
type Catalogue struct {
	words   []*Words
	matcher language.Matcher
}

// Load reads the catalogues that are part of the program.
func Load() (*Catalogue, error) {
	c := &Catalogue{matcher: language.NewMatcher(tags)}
	for _, tag := range tags {
		data, err := files.ReadFile(tag.String() + ".json")
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		w := &Words{tag: tag}
		if err := json.Unmarshal(data, &w.texts); err != nil {
			return nil, fmt.Errorf("words: %s.json: %w", tag, err)
		}
		c.words = append(c.words, w)
	}
	return c, nil
}

// For returns the words for an Accept-Language header (RFC 9110 section 12.5.4).
// What cannot be read means English.
func (c *Catalogue) For(accept string) *Words {
	// The header is a stranger's; the parser takes its time over long ones.
	if len(accept) > 256 {
		accept = ""
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		wanted = nil
	}
	_, at, _ := c.matcher.Match(wanted...)
	return c.words[at]
}

// Language returns the language as an HTML page names it.
func (w *Words) Language() string {
	if w == nil {
		return tags[0].String()
	}
	return w.tag.String()
}

// T returns the text of a key with args filled in. Of a key that is not there it
// returns the key: better to read than nothing.
func (w *Words) T(key string, args ...any) string {
	if w == nil {
		return key
	}
	text, ok := w.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

type contextKey struct{}

// With returns a context whose pages speak w.
func With(ctx context.Context, w *Words) context.Context {
	return context.WithValue(ctx, contextKey{}, w)
}

// From returns the words of a context, nil if it has none.
func From(ctx context.Context) *Words {
	w, _ := ctx.Value(contextKey{}).(*Words)
	return w
}

// T is From(ctx).T, for use in a page.
func T(ctx context.Context, key string, args ...any) string { return From(ctx).T(key, args...) }
