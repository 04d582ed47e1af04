package syntax

// kind is the type of a token.
type kind uint8

const (
	tokEOF kind = iota
	tokData
	tokVariableBegin
	tokVariableEnd
	tokBlockBegin
	tokBlockEnd
	tokName
	tokString
	tokInteger
	tokFloat

	// Operators, in the order of operatorText.
	tokAdd
	tokSub
	tokDiv
	tokFloorDiv
	tokMul
	tokMod
	tokPow
	tokTilde
	tokLBracket
	tokRBracket
	tokLParen
	tokRParen
	tokLBrace
	tokRBrace
	tokEq
	tokNe
	tokGt
	tokGtEq
	tokLt
	tokLtEq
	tokAssign
	tokDot
	tokColon
	tokPipe
	tokComma
	tokSemicolon
)

const operatorText = "+ - / // * % ** ~ [ ] ( ) { } == != > >= < <= = . : | , ;"

// token is one token: text holds names, data and decoded strings, value holds
// numbers (int64, *big.Int or float64).
type token struct {
	kind  kind
	line  int
	text  string
	value any
}

func (t token) isName(name string) bool { return t.kind == tokName && t.text == name }

// describe is the token as Jinja2's messages call it.
func (t token) describe() string {
	if t.kind == tokName {
		return t.text
	}
	return t.kind.describe()
}

func (k kind) describe() string {
	switch k {
	case tokEOF:
		return "end of template"
	case tokData:
		return "template data / text"
	case tokVariableBegin:
		return "begin of print statement"
	case tokVariableEnd:
		return "end of print statement"
	case tokBlockBegin:
		return "begin of statement block"
	case tokBlockEnd:
		return "end of statement block"
	case tokName:
		return "name"
	case tokString:
		return "string"
	case tokInteger:
		return "integer"
	case tokFloat:
		return "float"
	}
	return operatorName(k)
}

// operatorName cuts the text of an operator out of operatorText.
func operatorName(k kind) string {
	n := int(k - tokAdd)
	start := 0
	for i := 0; i <= len(operatorText); i++ {
		if i < len(operatorText) && operatorText[i] != ' ' {
			continue
		}
		if n == 0 {
			return operatorText[start:i]
		}
		n--
		start = i + 1
	}
	return ""
}

// operator finds the operator at the start of s, longest first; length 0 means
// that there is none.
func operator(s string) (k kind, length int) {
	if len(s) > 1 {
		switch s[:2] {
		case "//":
			return tokFloorDiv, 2
		case "**":
			return tokPow, 2
		case "==":
			return tokEq, 2
		case "!=":
			return tokNe, 2
		case ">=":
			return tokGtEq, 2
		case "<=":
			return tokLtEq, 2
		}
	}
	switch s[0] {
	case '+':
		return tokAdd, 1
	case '-':
		return tokSub, 1
	case '/':
		return tokDiv, 1
	case '*':
		return tokMul, 1
	case '%':
		return tokMod, 1
	case '~':
		return tokTilde, 1
	case '[':
		return tokLBracket, 1
	case ']':
		return tokRBracket, 1
	case '(':
		return tokLParen, 1
	case ')':
		return tokRParen, 1
	case '{':
		return tokLBrace, 1
	case '}':
		return tokRBrace, 1
	case '>':
		return tokGt, 1
	case '<':
		return tokLt, 1
	case '=':
		return tokAssign, 1
	case '.':
		return tokDot, 1
	case ':':
		return tokColon, 1
	case '|':
		return tokPipe, 1
	case ',':
		return tokComma, 1
	case ';':
		return tokSemicolon, 1
	}
	return tokEOF, 0
}
