import html
import urllib.parse
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, unquote, unquote_plus, urldefrag, urlencode, urljoin, urlparse, urlsplit, urlunparse, urlunsplit
from xml.sax.saxutils import escape, quoteattr, unescape

print(quote('a b/c?d=é&~'), quote('/x', safe=''), quote(b'\xff a'), quote_plus('a b/ü+'), quote('abc', safe='b'), quote('é', encoding='latin-1'), quote(''))
print(unquote('a%20b%C3%A9%zz%4'), unquote_plus('a+b%2B'), unquote('%ff'), unquote('%e9', 'latin-1'), urllib.parse.unquote_to_bytes('%ffé'), unquote('é%C3%A9'), unquote('a+b'))
print(urlencode({'a': 1, 'b': 'x y', 'c': 'é'}), urlencode([('a', [1, 2])], doseq=True), urlencode([('a', [1, 2])]), urlencode({'k': b'\xff'}), urlencode({'a': 'b c'}, quote_via=quote))
u = urlparse('http://User:pa%20ss@Host.example:8080/p/a;x=1?q=1&r=2#frag')
print(u, u.scheme, u.netloc, u.hostname, u.port, u.username, u.password, u.geturl(), u._replace(path='/z').geturl(), tuple(u)[2])
for s in ('', 'path', '//h/p', 'mailto:a@b', 'http://[::1]:80/x', 'http:///x', '?q', '#f', 'HTTP://A', 'a:b', 'tel:123;x', 'http://h?x=1', 'x://h/p;q', 'http://h/a;b/c;d', '  http://h/ \n'):
    print(urlsplit(s), urlparse(s), urlunparse(urlparse(s)), urlunsplit(urlsplit(s)))
base = 'http://a/b/c/d;p?q'
for r in 'g:h g ./g g/ /g //g ?y g?y #s g#s ;x g;x . ./ .. ../ ../g ../.. ../../g ../../../g /./g /../g g. ..g ./../g g/./h g/../h http:g'.split() + ['']:
    print(r, urljoin(base, r), end=' | ')
print()
print(urljoin('', 'x'), urljoin('http://h', 'x'), urljoin('http://h/a', 'http://o/'), urldefrag('http://h/x#y'), urldefrag('z').fragment)
print(parse_qs('a=1&b=2&a=3&c=&d'), parse_qs('c=&d=x', keep_blank_values=True), parse_qsl('a=%C3%A9&b=x+y'), parse_qsl(b'a=1'), parse_qsl('a;b=1', separator=';'), parse_qsl(''))
print(urlsplit(b'http://h/p'), urlsplit('http://h:x').netloc)
for f in (lambda: quote(5), lambda: quote(b'x', encoding='utf-8'), lambda: urlsplit('http://[x'), lambda: urlsplit('http://h:x').port, lambda: urlsplit('http://h:99999').port, lambda: urlencode('x'), lambda: parse_qsl('a', strict_parsing=True), lambda: urljoin('a', b'b')):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(escape('<a & "b">'), escape('x"y', {'"': '&quot;'}), unescape('&lt;&amp;gt;&gt;'), unescape('&quot;', {'&quot;': '"'}), quoteattr('a"b'), quoteattr("a'b"), quoteattr('a"b\'c\n<'), escape(''))
print(html.escape('<a href="x">\'&'), html.escape('"', quote=False), html.unescape('&lt;&eacute;&#233;&#x41;&amp;amp; &nbsp;|&unknown;'))
try:
    escape(5)
except AttributeError as e:
    print(e)
