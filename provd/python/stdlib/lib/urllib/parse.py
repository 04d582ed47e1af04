from collections import namedtuple

uses_relative = [
    '', 'ftp', 'http', 'gopher', 'nntp', 'imap', 'wais', 'file', 'https', 'shttp', 'mms', 'prospero', 'rtsp', 'rtspu',
    'sftp', 'svn', 'svn+ssh', 'ws', 'wss',
]  # fmt: skip
uses_netloc = uses_relative + ['telnet', 'snews', 'rsync', 'nfs', 'git', 'git+ssh']
uses_params = ['', 'ftp', 'hdl', 'prospero', 'http', 'imap', 'https', 'shttp', 'rtsp', 'rtspu', 'sip', 'sips', 'mms', 'sftp', 'tel']

_SCHEME = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.'
_CONTROL = ''.join(chr(i) for i in range(33))


class _NetlocMixin:
    __slots__ = ()

    def _userinfo(self):
        info, have, _ = self.netloc.rpartition('@')
        if not have:
            return None, None
        user, have, password = info.partition(':')
        return user, password if have else None

    def _hostinfo(self):
        host = self.netloc.rpartition('@')[2]
        _, bracket, inner = host.partition('[')
        if bracket:
            name, _, port = inner.partition(']')
            port = port.partition(':')[2]
        else:
            name, _, port = host.partition(':')
        return name, port or None

    @property
    def username(self):
        return self._userinfo()[0]

    @property
    def password(self):
        return self._userinfo()[1]

    @property
    def hostname(self):
        host = self._hostinfo()[0]
        if not host:
            return None
        name, percent, zone = host.partition('%')
        return name.lower() + percent + zone

    @property
    def port(self):
        port = self._hostinfo()[1]
        if port is not None:
            if not (port.isdigit() and port.isascii()):
                raise ValueError('Port could not be cast to integer value as %r' % port)
            port = int(port)
            if not 0 <= port <= 65535:
                raise ValueError('Port out of range 0-65535')
        return port


class DefragResult(namedtuple('DefragResult', 'url fragment')):
    __slots__ = ()

    def geturl(self):
        return self.url + '#' + self.fragment if self.fragment else self.url


class SplitResult(namedtuple('SplitResult', 'scheme netloc path query fragment'), _NetlocMixin):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class ParseResult(namedtuple('ParseResult', 'scheme netloc path params query fragment'), _NetlocMixin):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


class DefragResultBytes(DefragResult):
    __slots__ = ()


class SplitResultBytes(SplitResult):
    __slots__ = ()


class ParseResultBytes(ParseResult):
    __slots__ = ()


_BYTES = {DefragResult: DefragResultBytes, SplitResult: SplitResultBytes, ParseResult: ParseResultBytes}


def _text(*args):
    # bytes are handled as ASCII text, and given back as bytes
    if all(isinstance(a, str) for a in args):
        return args + (lambda x: x,)
    if any(isinstance(a, str) and a for a in args):
        raise TypeError('Cannot mix str and non-str arguments')

    def back(result):
        if isinstance(result, str):
            return result.encode('ascii')
        return _BYTES[type(result)]._make(x.encode('ascii') for x in result)

    return tuple(a if isinstance(a, str) else a.decode('ascii') for a in args) + (back,)


def urlsplit(url, scheme='', allow_fragments=True):
    url, scheme, back = _text(url, scheme)
    url = url.lstrip(_CONTROL)
    scheme = scheme.strip(_CONTROL)
    for c in '\t\r\n':
        url = url.replace(c, '')
        scheme = scheme.replace(c, '')
    netloc = query = fragment = ''
    i = url.find(':')
    if i > 0 and url[0].isascii() and url[0].isalpha() and all(c in _SCHEME for c in url[:i]):
        scheme, url = url[:i].lower(), url[i + 1 :]
    if url[:2] == '//':
        end = min((k for k in (url.find(c, 2) for c in '/?#') if k >= 0), default=len(url))
        netloc, url = url[2:end], url[end:]
        if ('[' in netloc) != (']' in netloc):
            raise ValueError('Invalid IPv6 URL')
        if '[' in netloc:
            _check_bracketed(netloc.partition('[')[2].partition(']')[0])
    if allow_fragments and '#' in url:
        url, fragment = url.split('#', 1)
    if '?' in url:
        url, query = url.split('?', 1)
    return back(SplitResult(scheme, netloc, url, query, fragment))


def _check_bracketed(host):
    if host.startswith('v'):
        version, dot, rest = host[1:].partition('.')
        if not (version and dot and rest and all(c in '0123456789abcdefABCDEF' for c in version)):
            raise ValueError('IPvFuture address is invalid')
        return
    if ':' not in host:
        from ipaddress import ip_address

        if ip_address(host).version == 4:
            raise ValueError('An IPv4 address cannot be in brackets')


def urlparse(url, scheme='', allow_fragments=True):
    url, scheme, back = _text(url, scheme)
    scheme, netloc, url, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ''
    if scheme in uses_params and ';' in url:
        i = url.find(';', max(url.rfind('/'), 0))
        if i >= 0:
            url, params = url[:i], url[i + 1 :]
    return back(ParseResult(scheme, netloc, url, params, query, fragment))


def urlunsplit(components):
    scheme, netloc, url, query, fragment, back = _text(*components)
    if netloc or (scheme and scheme in uses_netloc and url[:2] != '//'):
        if url and url[:1] != '/':
            url = '/' + url
        url = '//' + netloc + url
    if scheme:
        url = scheme + ':' + url
    if query:
        url = url + '?' + query
    if fragment:
        url = url + '#' + fragment
    return back(url)


def urlunparse(components):
    scheme, netloc, url, params, query, fragment, back = _text(*components)
    if params:
        url = '%s;%s' % (url, params)
    return back(urlunsplit((scheme, netloc, url, query, fragment)))


def urldefrag(url):
    url, back = _text(url)
    s, n, p, a, q, frag = urlparse(url)
    if '#' in url:
        url = urlunparse((s, n, p, a, q, ''))
    else:
        frag = ''
    return back(DefragResult(url, frag))


def urljoin(base, url, allow_fragments=True):
    if not base:
        return url
    if not url:
        return base
    base, url, back = _text(base, url)
    bscheme, bnetloc, bpath, bparams, bquery, _ = urlparse(base, '', allow_fragments)
    scheme, netloc, path, params, query, fragment = urlparse(url, bscheme, allow_fragments)
    if scheme != bscheme or scheme not in uses_relative:
        return back(url)
    if scheme in uses_netloc:
        if netloc:
            return back(urlunparse((scheme, netloc, path, params, query, fragment)))
        netloc = bnetloc
    if not path and not params:
        return back(urlunparse((scheme, netloc, bpath, bparams, query or bquery, fragment)))

    base_parts = bpath.split('/')
    if base_parts[-1] != '':
        del base_parts[-1]
    if path[:1] == '/':
        segments = path.split('/')
    else:
        segments = base_parts + path.split('/')
        segments[1:-1] = [s for s in segments[1:-1] if s]
    resolved = []
    for segment in segments:
        if segment == '..':
            if resolved:
                resolved.pop()
        elif segment != '.':
            resolved.append(segment)
    if segments[-1] in ('.', '..'):
        resolved.append('')
    return back(urlunparse((scheme, netloc, '/'.join(resolved) or '/', params, query, fragment)))


def parse_qsl(
    qs, keep_blank_values=False, strict_parsing=False, encoding='utf-8', errors='replace', max_num_fields=None, separator='&'
):
    qs, _, back = _text(qs, '')
    if not separator or not isinstance(separator, (str, bytes)):
        raise ValueError('Separator must be of type string or bytes.')
    if not qs:
        return []
    if max_num_fields is not None and max_num_fields < 1 + qs.count(separator):
        raise ValueError('Max number of fields exceeded')
    result = []
    for pair in qs.split(separator):
        if not pair and not strict_parsing:
            continue
        name, equals, value = pair.partition('=')
        if not equals:
            if strict_parsing:
                raise ValueError('bad query field: %r' % (pair,))
            if not keep_blank_values:
                continue
        if value or keep_blank_values:
            name = unquote(name.replace('+', ' '), encoding=encoding, errors=errors)
            value = unquote(value.replace('+', ' '), encoding=encoding, errors=errors)
            result.append((back(name), back(value)))
    return result


def parse_qs(
    qs, keep_blank_values=False, strict_parsing=False, encoding='utf-8', errors='replace', max_num_fields=None, separator='&'
):
    result = {}
    for name, value in parse_qsl(
        qs, keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator
    ):
        result.setdefault(name, []).append(value)
    return result


def urlencode(query, doseq=False, safe='', encoding=None, errors=None, quote_via=quote_plus):
    if hasattr(query, 'items'):
        query = query.items()
    elif len(query) and not isinstance(query[0], tuple):
        raise TypeError('not a valid non-string sequence or mapping object')

    def one(v):
        if isinstance(v, bytes):
            return quote_via(v, safe)
        return quote_via(v if isinstance(v, str) else str(v), safe, encoding, errors)

    pairs = []
    for k, v in query:
        k = one(k)
        if not doseq or isinstance(v, (str, bytes)):
            pairs.append(k + '=' + one(v))
            continue
        try:
            len(v)
        except TypeError:
            pairs.append(k + '=' + one(v))
        else:
            for element in v:
                pairs.append(k + '=' + one(element))
    return '&'.join(pairs)
