package python

import (
	"context"
	"testing"
)

const benchCalls = `
class Counter:
    def __init__(self, step):
        self.step = step
        self.total = 0

    def add(self, n, factor=1):
        self.total += n * factor * self.step
        return self.total

def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

c = Counter(2)
for i in range(1000):
    c.add(i)
    c.add(i, factor=3)
result = fib(15), c.total
`

const benchStrings = `
def render(lines):
    out = []
    for no, line in lines.items():
        mode = {'speeddial': 13, 'blf': 16, 'park': 10}.get(line['type'], 0)
        out.append(f'linekey.{no}.type = {mode}')
        out.append(f'linekey.{no}.value = {line["value"]!s:>8}')
        if 'label' in line and line['label'].strip():
            out.append('linekey.%s.label = %s' % (no, line['label'].replace('&', '&amp;').upper()))
    return '\n'.join(out)

keys = {
    str(n): {'type': ('speeddial', 'blf', 'park')[n % 3], 'value': str(n * 7), 'label': 'Key & %d' % n}
    for n in range(200)
}
result = render(keys)
totals = {}
for word in result.split():
    totals[word] = totals.get(word, 0) + 1
`

func benchmark(b *testing.B, src string) {
	p := compileTest(b, "bench.py", src)
	env := testEnv()
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Exec(NewThread(context.Background(), Limits{}), newGlobals(), env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCalls(b *testing.B)   { benchmark(b, benchCalls) }
func BenchmarkStrings(b *testing.B) { benchmark(b, benchStrings) }

func BenchmarkCompile(b *testing.B) {
	b.SetBytes(int64(len(benchStrings)))
	for b.Loop() {
		if _, err := Compile("bench.py", []byte(benchStrings)); err != nil {
			b.Fatal(err)
		}
	}
}
