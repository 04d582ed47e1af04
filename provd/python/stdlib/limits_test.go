package stdlib_test

import (
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// budget stands for either of steps and memory, where it does not matter which
// is used up first.
const budget = "steps or memory"

// TestLimits runs programs that ask for too much; each has to end with a
// LimitError of the kind given.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want, src string }{
		{"count", budget, "import itertools\nlist(itertools.count())"},
		{"repeat", "steps", "import itertools\nsum(itertools.repeat(1))"},
		{"cycle", "steps", "import itertools\nfor x in itertools.cycle('ab'): pass"},
		{"cycle of count", "steps", "import itertools\nfor x in itertools.cycle(itertools.count()): pass"},
		{"chain of empty", "steps", "import itertools\nnext(itertools.chain.from_iterable(itertools.repeat(())))"},
		{"filterfalse", "steps", "import itertools\nnext(itertools.filterfalse(lambda x: True, itertools.count()))"},
		{"dropwhile", "steps", "import itertools\nnext(itertools.dropwhile(bool, itertools.repeat(1)))"},
		{"compress", "steps", "import itertools\nnext(itertools.compress(itertools.count(), itertools.repeat(0)))"},
		{"islice", "steps", "import itertools\nnext(itertools.islice(itertools.count(), 10**12, None))"},
		{"groupby", "steps", "import itertools\ng = itertools.groupby(itertools.repeat(1))\nnext(g)\nnext(g)"},
		{"product", "steps", "import itertools\nfor x in itertools.product(range(1000), repeat=4): pass"},
		{"product repeat", "memory", "import itertools\nitertools.product('ab', repeat=10**9)"},
		{"permutations", budget, "import itertools\nfor x in itertools.permutations(range(20)): pass"},
		{"combinations", "memory", "import itertools\nitertools.combinations_with_replacement('ab', 10**10)"},
		{"accumulate", "memory", "import itertools\nfor x in itertools.accumulate(itertools.repeat('x' * 10**6)): pass"},
		{"tee", budget, "import itertools\na, b = itertools.tee(itertools.count())\nfor x in a: pass"},
		{"factorial", "integer size", "import math\nmath.factorial(10**9)"},
		{"comb", "integer size", "import math\nmath.comb(10**18, 10**9)"},
		{"perm", "integer size", "import math\nmath.perm(10**9)"},
		{"lcm", "steps", "import math\nx = 3\nfor i in range(100000): x = math.lcm(x, x * x + 1)"},
		{"prod", "steps", "import math, itertools\nmath.prod(itertools.repeat(1))"},
		{"fsum", "steps", "import math, itertools\nmath.fsum(itertools.repeat(0.1))"},
		{"json doubling", budget, "import json\na = ['x' * 100]\nfor i in range(30): a = [a, a]\njson.dumps(a)"},
		{"json indent", "memory", "import json\njson.dumps([1], indent=10**9)"},
		{"json indent text", "memory", "import json\na = 1\nfor i in range(100): a = [a, 1]\njson.dumps(a, indent=' ' * 10**6)"},
		{"json nesting", "recursion depth", "import json\na = []\nfor i in range(10**4): a = [a]\njson.dumps(a)"},
		{"json text nesting", "recursion depth", "import json\njson.loads('[' * 10**5)"},
		{"json escape", "memory", "import json\nx = json.dumps('\\x01' * 5 * 10**6)"},
		{"json hook", "recursion depth", "import json\njson.dumps(object(), default=lambda o: [object()])"},
		{"struct", "memory", "import struct\nfor i in range(10): struct.pack('16000000s', b'')"},
		{"struct values", "memory", "import struct\nstruct.unpack('8000000B', bytes(8000000))"},
		{"sub growth", "memory", "import re\nre.sub('', 'x' * 10**5, 'y' * 10**5)"},
		{"sub template", "memory", "import re\nre.sub('(.+)', r'\\1' * 10000, 'y' * 10**5)"},
		{"expression", "steps", "import re\nre.match('(?=x?)(a+)+$', 'a' * 5000 + 'b')"},
		{"expression linear", "steps", "import re\nfor i in range(10**6): re.search('(a|b)*c', 'ab' * 5000)"},
		{"expressions", budget, "import re\nfor i in range(10**6): re.compile('(a|b)*c%d' % i)"},
		{"finditer", "steps", "import re\nfor m in re.finditer('', 'a' * 10**6): re.match('b', 'a')"},
		{"findall", budget, "import re\nre.findall('', 'a' * 10**6)"},
		{"deepcopy nesting", "recursion depth", "import copy\na = []\nfor i in range(10**4): a = [a]\ncopy.deepcopy(a)"},
		{"deepcopy size", "memory", "import copy\na = list(range(10**5))\nx = [copy.deepcopy(a) for i in range(1000)]"},
		{"escape entities", "memory", "from xml.sax.saxutils import escape\nescape('a' * 1000, {c: chr(ord(c) + 1) * 20 for c in 'abcdefghij'})"},
		{"quote", budget, "from urllib.parse import quote\nquote('/' * 10**7, safe='')"},
		{"hexlify", "memory", "import binascii\nx = binascii.hexlify(b'a' * 9000000)\ny = binascii.hexlify(x)"},
		{"base64", "memory", "import base64\nx = base64.b64encode(b'a' * 15000000)"},
		{"hash", "steps", "import hashlib\nh = hashlib.sha256()\nb = b'a' * 1000000\nwhile True: h.update(b)"},
		{"hashes", "memory", "import hashlib\nx = [hashlib.md5() for i in range(10**6)]"},
		{"stringio", "memory", "import io\nf = io.StringIO()\nwhile True: f.write('x' * 10000)"},
		{"bytesio gap", "memory", "import io\nf = io.BytesIO()\nf.seek(10**11)\nf.write(b'x')"},
		{"stringio gap", "memory", "import io\nf = io.StringIO()\nf.seek(10**15)\nf.write('x')"},
		{"strftime", budget, "import datetime\nd = datetime.date(2024, 1, 1)\nx = [d.strftime('%c' * 30000) for i in range(100)]"},
		{"networks", "steps", "import ipaddress\nfor a in ipaddress.ip_network('::/0'): pass"},
		{"elements", "steps", "from collections import Counter\nfor x in Counter(a=10**12).elements(): pass"},
		{"deque", budget, "from collections import deque\nimport itertools\ndeque(itertools.count())"},
		{"reduce", "memory", "from functools import reduce\nreduce(lambda a, b: a + a, range(100), 'x' * 100)"},
		{"cache", budget, "from functools import cache\nf = cache(lambda x: x)\nfor i in range(10**7): f(i)"},
		{"wrap", "steps", "import textwrap\ntextwrap.wrap('a ' * 10**5, 1)"},
		{"itemgetter", "memory", "import operator\ng = operator.itemgetter(*[0] * 100000)\nx = [g('a') for i in range(100)]"},
		{"typing", "recursion depth", "from typing import List\ndef f(x): return f(List[x])\nf(int)"},
		{"log", "steps", "import logging\nlog = logging.getLogger('a')\nwhile True: log.info('x')"},
		{"random", budget, "import random\nx = random.sample(range(10**7), 5)"},
		{"randbytes", "memory", "import random\nrandom.randbytes(10**9)"},
		{"urandom", "memory", "import os\nos.urandom(10**9)"},
		{"path", "memory", "import os.path\nx = ''\nwhile True: x = os.path.join(x, 'y' * 10000)"},
		{"makedirs", "recursion depth", "import os\nos.makedirs('a/' * 10000)"},
		{"ini", "steps", "import configparser\np = configparser.RawConfigParser()\np.read_string('[a]\\n' + ''.join('k%d = v\\n' % i for i in range(10**5)))"},
		{"zip_longest", "memory", "from itertools import zip_longest, count\nlist(zip_longest(count(), [1]))"},
		{"normalize", budget, "import unicodedata\nx = [unicodedata.normalize('NFKD', '\\ufdfa' * 10**5) for i in range(100)]"},
		{"parse_qsl", budget, "from urllib.parse import parse_qsl\nparse_qsl('a=b&' * 10**6)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			th := newThread(t, python.Limits{Steps: 300_000, Alloc: 16 << 20})
			o := stdlib.Options{Random: rand.NewChaCha8([32]byte{})}
			_, err := run(t, th, o, "hostile.py", []byte(c.src))
			var limit *python.LimitError
			if !errors.As(err, &limit) {
				t.Fatalf("error %v, want a limit", err)
			}
			if limit.What != c.want && (c.want != budget || limit.What != "steps" && limit.What != "memory") {
				t.Errorf("limit %q, want %q", limit.What, c.want)
			}
			if limit.Pos.Line == 0 {
				t.Errorf("%v has no line", limit)
			}
		})
	}
}

// fuzzed are the modules whose functions are called with odd arguments.
const fuzzed = `re logging os os.path operator math struct binascii base64 hashlib itertools copy io json datetime time typing
	types sys warnings html xml.sax.saxutils uuid random unicodedata urllib.parse calendar collections collections.abc
	configparser contextlib enum functools ipaddress packaging.version string textwrap abc`

// FuzzCalls calls the functions of all modules with odd arguments: nothing may
// panic or run past its limits.
func FuzzCalls(f *testing.F) {
	programs := stdlib.NewPrograms()
	for i := range uint64(40) {
		f.Add(i, i*7919)
	}
	f.Fuzz(func(t *testing.T, seed1, seed2 uint64) { oddCalls(t, programs, seed1, seed2) })
}

// TestOddCalls is a run of FuzzCalls that is the same every time.
func TestOddCalls(t *testing.T) {
	t.Parallel()
	programs := stdlib.NewPrograms()
	for i := range uint64(oddRuns) {
		oddCalls(t, programs, i, i*104729)
	}
}

const oddRuns = 1500

func oddCalls(t *testing.T, programs *stdlib.Programs, seed1, seed2 uint64) {
	t.Helper()
	modules := strings.Fields(fuzzed)
	r := rand.New(rand.NewPCG(seed1, seed2))
	th := newThread(t, python.Limits{Steps: 300_000, Alloc: 16 << 20, Depth: 60})
	lib := stdlib.New(stdlib.Options{Programs: programs, Random: rand.NewChaCha8([32]byte{})})
	name := modules[r.IntN(len(modules))]
	m, found, err := lib.Lookup(th, name)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	mod, _ := m.(*python.Module)
	var names []string
	for k := range mod.Dict().All() {
		if s, ok := k.(python.Str); ok {
			names = append(names, string(s))
		}
	}
	slices.Sort(names)
	member := names[r.IntN(len(names))]
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("seeds %d %d: %s.%s: %v\n%s", seed1, seed2, name, member, r, debug.Stack())
		}
	}()
	object, _ := mod.Dict().GetStr(member)
	for range 5 {
		// Alternate between calling what there is and taking an attribute of it.
		if r.IntN(2) == 0 {
			if next := oddAttr(th, r, object); next != nil {
				object = next
			}
		}
		var args []python.Value
		for range r.IntN(4) {
			args = append(args, oddValue(r, 2))
		}
		result, err := python.Call(th, object, args, nil)
		if err == nil && result == nil {
			t.Errorf("seeds %d %d: %s.%s: nil result", seed1, seed2, name, member)
			return
		}
		if err == nil {
			_, err = python.Repr(th, result)
		}
		var exc *python.Exception
		var limit *python.LimitError
		switch {
		case errors.As(err, &limit):
			return
		case err != nil && !errors.As(err, &exc):
			t.Errorf("seeds %d %d: %s.%s: %T %v", seed1, seed2, name, member, err, err)
			return
		case err == nil:
			object = result
		}
	}
}

// oddAttr takes an attribute that an object of a library class has.
func oddAttr(th *python.Thread, r *rand.Rand, v python.Value) python.Value {
	class := v.Type()
	if c, ok := v.(*python.Class); ok {
		class = c
	}
	var names []string
	for _, c := range class.MRO() {
		for k := range c.Namespace().All() {
			if s, ok := k.(python.Str); ok {
				names = append(names, string(s))
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	attr, found, err := python.LookupAttr(th, v, names[r.IntN(len(names))])
	if err != nil || !found {
		return nil
	}
	return attr
}

func oddValue(r *rand.Rand, depth int) python.Value {
	pool := []python.Value{
		python.None, python.True, python.Int(0), python.Int(-1), python.Int(7), python.Int(1 << 40), python.Int(-1 << 63),
		python.Float(0.5), python.Float(1e308), python.Str(""), python.Str("abc"), python.Str("é日😀"), python.Str("\xed\xa0\x80"),
		python.Str("%Y-%m-%d %H"), python.Str("(a|b)*?\\1"), python.Str("2024-02-29T10:00:00+01:00"), python.Str("[a]\nx=1"),
		python.Str("1.2.3.4/8"), python.Str("{\"a\": [1, 2.5]}"), python.Str("http://u:p@h:1/p;x?q#f"), python.Str("\\g<1>"),
		python.Str(">2HiqQ10s"), python.Bytes(""), python.Bytes("\x00\xff\x80ab"), python.Bytes("YWJj"),
		python.Tuple{},
		python.StrClass, python.DictClass, python.IntClass, python.ValueError, python.Builtins(), python.NewSet(false),
	}
	if depth > 0 {
		switch r.IntN(6) {
		case 0:
			return python.NewList([]python.Value{oddValue(r, depth-1), oddValue(r, depth-1)})
		case 1:
			return python.Tuple{oddValue(r, depth-1), oddValue(r, depth-1)}
		case 2:
			d := python.NewDict(1)
			d.SetStr("k", oddValue(r, depth-1))
			return d
		}
	}
	return pool[r.IntN(len(pool))]
}
