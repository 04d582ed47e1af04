import string
import textwrap
from string import Template, capwords

print(string.ascii_letters, string.digits, string.hexdigits, repr(string.punctuation), repr(string.whitespace), len(string.printable))
print(capwords('hello  big world'), capwords('a-b', '-'))
t = Template('$who likes ${what} for $$5 and $nope')
print(t.safe_substitute(who='tim', what='kung'), t.safe_substitute({'who': 1}, who=2), t.get_identifiers(), t.is_valid(), Template('x').substitute())
for f in (lambda: t.substitute(who=1), lambda: Template('a $ b').substitute(), lambda: Template('a\nb $1').substitute(), lambda: Template('$a').substitute({'a': None})):
    try:
        print(f())
    except (KeyError, ValueError) as e:
        print(type(e).__name__, e)


class H(Template):
    delimiter = '#'


print(H('#x $x').substitute(x=1))
print(textwrap.dedent("""
    a
      b

    c
  	
"""), textwrap.dedent('  a\n b'), repr(textwrap.dedent('\ta\n  b')))
text = "The quick-brown fox -- it's called 'Bob' -- jumped over the lazy dog. Averyveryverylongword-with-hyphens end."
for w in (10, 20, 40):
    print(textwrap.wrap(text, w))
print(textwrap.fill(text, 30, initial_indent='* ', subsequent_indent='  '))
print(textwrap.wrap(text, 20, break_long_words=False, break_on_hyphens=False), textwrap.wrap('', 5), textwrap.wrap('a\tb  c\nd', 6), textwrap.wrap('hello world foo', 8, max_lines=1), textwrap.shorten('hello  big world', 12), textwrap.shorten('hello world', 8, placeholder='..'))
print(textwrap.indent('a\n\nb\n', '> '), textwrap.indent('a\nb', '-', lambda l: 'b' in l))
