package syntax

// kind is a lexical token class. Operators and keywords have a kind each.
type kind uint8

const (
	tokEOF kind = iota
	tokNewline
	tokIndent
	tokDedent
	tokName
	tokInt
	tokFloat
	tokString

	// Delimiters and operators.
	tokLParen
	tokRParen
	tokLBrack
	tokRBrack
	tokLBrace
	tokRBrace
	tokComma
	tokColon
	tokSemi
	tokDot
	tokEllipsis
	tokArrow
	tokAssign
	tokWalrus
	tokPlus
	tokMinus
	tokStar
	tokStarStar
	tokSlash
	tokSlashSlash
	tokPercent
	tokAt
	tokAmp
	tokPipe
	tokCaret
	tokTilde
	tokLShift
	tokRShift
	tokLT
	tokGT
	tokLE
	tokGE
	tokEQ
	tokNE
	tokPlusEq
	tokMinusEq
	tokStarEq
	tokSlashEq
	tokSlashSlashEq
	tokPercentEq
	tokAtEq
	tokAmpEq
	tokPipeEq
	tokCaretEq
	tokLShiftEq
	tokRShiftEq
	tokStarStarEq

	// Keywords.
	kwFalse
	kwNone
	kwTrue
	kwAnd
	kwAs
	kwAssert
	kwAsync
	kwAwait
	kwBreak
	kwClass
	kwContinue
	kwDef
	kwDel
	kwElif
	kwElse
	kwExcept
	kwFinally
	kwFor
	kwFrom
	kwGlobal
	kwIf
	kwImport
	kwIn
	kwIs
	kwLambda
	kwNonlocal
	kwNot
	kwOr
	kwPass
	kwRaise
	kwReturn
	kwTry
	kwWhile
	kwWith
	kwYield
	numKinds
)

var kindNames = [numKinds]string{
	tokEOF: "end of file", tokNewline: "newline", tokIndent: "indent", tokDedent: "unindent",
	tokName: "name", tokInt: "integer", tokFloat: "float", tokString: "string",
	tokLParen: "(", tokRParen: ")", tokLBrack: "[", tokRBrack: "]", tokLBrace: "{", tokRBrace: "}",
	tokComma: ",", tokColon: ":", tokSemi: ";", tokDot: ".", tokEllipsis: "...", tokArrow: "->",
	tokAssign: "=", tokWalrus: ":=", tokPlus: "+", tokMinus: "-", tokStar: "*", tokStarStar: "**",
	tokSlash: "/", tokSlashSlash: "//", tokPercent: "%", tokAt: "@", tokAmp: "&", tokPipe: "|",
	tokCaret: "^", tokTilde: "~", tokLShift: "<<", tokRShift: ">>", tokLT: "<", tokGT: ">",
	tokLE: "<=", tokGE: ">=", tokEQ: "==", tokNE: "!=",
	tokPlusEq: "+=", tokMinusEq: "-=", tokStarEq: "*=", tokSlashEq: "/=", tokSlashSlashEq: "//=",
	tokPercentEq: "%=", tokAtEq: "@=", tokAmpEq: "&=", tokPipeEq: "|=", tokCaretEq: "^=",
	tokLShiftEq: "<<=", tokRShiftEq: ">>=", tokStarStarEq: "**=",
	kwFalse: "False", kwNone: "None", kwTrue: "True", kwAnd: "and", kwAs: "as", kwAssert: "assert",
	kwAsync: "async", kwAwait: "await", kwBreak: "break", kwClass: "class", kwContinue: "continue",
	kwDef: "def", kwDel: "del", kwElif: "elif", kwElse: "else", kwExcept: "except",
	kwFinally: "finally", kwFor: "for", kwFrom: "from", kwGlobal: "global", kwIf: "if",
	kwImport: "import", kwIn: "in", kwIs: "is", kwLambda: "lambda", kwNonlocal: "nonlocal",
	kwNot: "not", kwOr: "or", kwPass: "pass", kwRaise: "raise", kwReturn: "return", kwTry: "try",
	kwWhile: "while", kwWith: "with", kwYield: "yield",
}

// String is the token's spelling, or a word for it.
func (k kind) String() string { return kindNames[k] }

// keywordKind is the kind of an identifier-like token.
func keywordKind(text string) kind {
	// A switch over the few first letters would be faster; the whole of the
	// plugin packages scans in a few milliseconds as it is.
	if len(text) < 2 || len(text) > 8 {
		return tokName
	}
	for k := kwFalse; k < numKinds; k++ {
		if kindNames[k] == text {
			return k
		}
	}
	return tokName
}

// token is one lexical token: its text is src[off:end].
type token struct {
	pos      Position
	off, end int32
	kind     kind
}
