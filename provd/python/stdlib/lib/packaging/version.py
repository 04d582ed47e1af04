import functools
import re

VERSION_PATTERN = r"""
    v?
    (?:
        (?:(?P<epoch>[0-9]+)!)?
        (?P<release>[0-9]+(?:\.[0-9]+)*)
        (?P<pre>[-_\.]?(?P<pre_l>alpha|a|beta|b|preview|pre|c|rc)[-_\.]?(?P<pre_n>[0-9]+)?)?
        (?P<post>(?:-(?P<post_n1>[0-9]+))|(?:[-_\.]?(?P<post_l>post|rev|r)[-_\.]?(?P<post_n2>[0-9]+)?))?
        (?P<dev>[-_\.]?(?P<dev_l>dev)[-_\.]?(?P<dev_n>[0-9]+)?)?
    )
    (?:\+(?P<local>[a-z0-9]+(?:[-_\.][a-z0-9]+)*))?
"""

_PRE = {'alpha': 'a', 'a': 'a', 'beta': 'b', 'b': 'b', 'preview': 'rc', 'pre': 'rc', 'c': 'rc', 'rc': 'rc'}

# The places of a missing part in the order: before and after everything.
_LOW = (-1,)
_HIGH = (1,)


class InvalidVersion(ValueError):
    pass


@functools.total_ordering
class Version:
    _regex = re.compile(r'^\s*' + VERSION_PATTERN + r'\s*$', re.VERBOSE | re.IGNORECASE)

    def __init__(self, version):
        match = self._regex.search(version)
        if not match:
            raise InvalidVersion("Invalid version: '%s'" % version)
        self._epoch = int(match['epoch'] or 0)
        self._release = tuple(int(i) for i in match['release'].split('.'))
        self._pre = self._post = self._dev = self._local = None
        if match['pre']:
            self._pre = (_PRE[match['pre_l'].lower()], int(match['pre_n'] or 0))
        if match['post']:
            self._post = int(match['post_n1'] or match['post_n2'] or 0)
        if match['dev']:
            self._dev = int(match['dev_n'] or 0)
        if match['local']:
            parts = re.split(r'[\._-]', match['local'].lower())
            self._local = tuple(int(p) if p.isdigit() else p for p in parts)
        self._key = self._make_key()

    def _make_key(self):
        release = self._release
        while release and release[-1] == 0:
            release = release[:-1]
        if self._pre is not None:
            pre = (0, self._pre)
        elif self._post is None and self._dev is not None:
            pre = _LOW  # 1.0.dev0 comes before 1.0a0
        else:
            pre = _HIGH
        post = _LOW if self._post is None else (0, self._post)
        dev = _HIGH if self._dev is None else (0, self._dev)
        if self._local is None:
            local = _LOW
        else:
            local = (0, tuple((1, i, '') if isinstance(i, int) else (0, 0, i) for i in self._local))
        return self._epoch, release, pre, post, dev, local

    def __hash__(self):
        return hash(self._key)

    def __eq__(self, other):
        if not isinstance(other, Version):
            return NotImplemented
        return self._key == other._key

    def __lt__(self, other):
        if not isinstance(other, Version):
            return NotImplemented
        return self._key < other._key

    def __repr__(self):
        return "<Version('%s')>" % self

    def __str__(self):
        return self.public + ('+' + self.local if self.local is not None else '')

    @property
    def epoch(self):
        return self._epoch

    @property
    def release(self):
        return self._release

    @property
    def pre(self):
        return self._pre

    @property
    def post(self):
        return self._post

    @property
    def dev(self):
        return self._dev

    @property
    def local(self):
        return None if self._local is None else '.'.join(str(x) for x in self._local)

    @property
    def public(self):
        text = self.base_version
        if self._pre is not None:
            text += '%s%d' % self._pre
        if self._post is not None:
            text += '.post%d' % self._post
        if self._dev is not None:
            text += '.dev%d' % self._dev
        return text

    @property
    def base_version(self):
        text = '.'.join(str(x) for x in self._release)
        return '%d!%s' % (self._epoch, text) if self._epoch else text

    @property
    def is_prerelease(self):
        return self._dev is not None or self._pre is not None

    @property
    def is_postrelease(self):
        return self._post is not None

    @property
    def is_devrelease(self):
        return self._dev is not None

    @property
    def major(self):
        return self._release[0]

    @property
    def minor(self):
        return self._release[1] if len(self._release) >= 2 else 0

    @property
    def micro(self):
        return self._release[2] if len(self._release) >= 3 else 0


def parse(version):
    return Version(version)
