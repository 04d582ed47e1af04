package python
import "testing"
func BenchmarkFib(b *testing.B) { benchmark(b, "def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\nfib(20)\n") }
func BenchmarkLoop(b *testing.B) { benchmark(b, "def f():\n    i = 0\n    t = 0\n    while i < 100000:\n        i += 1\n        t = t + i * 2\n    return t\nf()\n") }
