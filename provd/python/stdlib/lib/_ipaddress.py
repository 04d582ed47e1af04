class AddressValueError(ValueError):
    pass


class NetmaskValueError(ValueError):
    pass


def _parse_v4(text):
    if not text:
        raise AddressValueError('Address cannot be empty')
    octets = text.split('.')
    if len(octets) != 4:
        raise AddressValueError('Expected 4 octets in %r' % text)
    number = 0
    for octet in octets:
        try:
            number = number << 8 | _parse_octet(octet)
        except ValueError as e:
            raise AddressValueError('%s in %r' % (e, text)) from None
    return number


def _parse_octet(octet):
    if not octet:
        raise ValueError('Empty octet not permitted')
    if not (octet.isascii() and octet.isdigit()):
        raise ValueError('Only decimal digits permitted in %r' % octet)
    if len(octet) > 3:
        raise ValueError('At most 3 characters permitted in %r' % octet)
    if octet != '0' and octet[0] == '0':
        raise ValueError('Leading zeros are not permitted in %r' % octet)
    number = int(octet)
    if number > 255:
        raise ValueError('Octet %d (> 255) not permitted' % number)
    return number


def _format_v4(number):
    return '.'.join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def _parse_v6(text):
    if not text:
        raise AddressValueError('Address cannot be empty')
    parts = text.split(':')
    if len(parts) < 3:
        raise AddressValueError('At least 3 parts expected in %r' % text)
    if '.' in parts[-1]:
        try:
            v4 = _parse_v4(parts.pop())
        except AddressValueError as e:
            raise AddressValueError('%s in %r' % (e, text)) from None
        parts += ['%x' % (v4 >> 16), '%x' % (v4 & 0xFFFF)]
    if len(parts) > 9:
        raise AddressValueError('At most 8 colons permitted in %r' % text)
    gap = None
    for i in range(1, len(parts) - 1):
        if not parts[i]:
            if gap is not None:
                raise AddressValueError("At most one '::' permitted in %r" % text)
            gap = i
    if gap is not None:
        high, low = gap, len(parts) - gap - 1
        if not parts[0]:
            high -= 1
            if high:
                raise AddressValueError("Leading ':' only permitted as part of '::' in %r" % text)
        if not parts[-1]:
            low -= 1
            if low:
                raise AddressValueError("Trailing ':' only permitted as part of '::' in %r" % text)
        missing = 8 - high - low
        if missing < 1:
            raise AddressValueError("Expected at most 7 other parts with '::' in %r" % text)
        groups = parts[:high] + ['0'] * missing + (parts[-low:] if low else [])
        if high == 0 and not parts[0]:
            groups = ['0'] * missing + (parts[-low:] if low else [])
    else:
        if len(parts) != 8:
            raise AddressValueError("Exactly 8 parts expected without '::' in %r" % text)
        if not parts[0]:
            raise AddressValueError("Leading ':' only permitted as part of '::' in %r" % text)
        if not parts[-1]:
            raise AddressValueError("Trailing ':' only permitted as part of '::' in %r" % text)
        groups = parts
    number = 0
    for group in groups:
        if not group or any(c not in '0123456789abcdefABCDEF' for c in group):
            raise AddressValueError('Only hex digits permitted in %r in %r' % (group, text))
        if len(group) > 4:
            raise AddressValueError('At most 4 characters permitted in %r in %r' % (group, text))
        number = number << 16 | int(group, 16)
    return number


def _format_v6(number):
    groups = ['%x' % (number >> shift & 0xFFFF) for shift in range(112, -1, -16)]
    best = (0, 0)
    i = 0
    while i < 8:
        j = i
        while j < 8 and groups[j] == '0':
            j += 1
        if j - i > best[1]:
            best = (i, j - i)
        i = max(j, i + 1)
    start, length = best
    if length < 2:
        return ':'.join(groups)
    return ':'.join(groups[:start]) + '::' + ':'.join(groups[start + length :])


class _Base:
    def __str__(self):
        return self._text()

    def __hash__(self):
        return hash((self.version, self._key()))

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self._key() == other._key()

    def __lt__(self, other):
        if not isinstance(other, _Base) or isinstance(other, _Network) != isinstance(self, _Network):
            return NotImplemented
        if self.version != other.version:
            raise TypeError('%s and %s are not of the same version' % (self, other))
        return self._key() < other._key()

    @property
    def max_prefixlen(self):
        return self._bits


class _Address(_Base):
    def _key(self):
        return self._ip, getattr(self, '_scope', None) or ''

    def __int__(self):
        return self._ip

    def __repr__(self):
        return '%s(%r)' % (self.__class__.__name__, str(self))

    def __format__(self, spec):
        return format(str(self), spec)

    def __add__(self, other):
        if not isinstance(other, int):
            return NotImplemented
        return self.__class__(self._ip + other)

    def __sub__(self, other):
        if not isinstance(other, int):
            return NotImplemented
        return self.__class__(self._ip - other)

    def _in(self, *networks):
        return any(self in n for n in networks)

    @property
    def packed(self):
        return self._ip.to_bytes(self._bits // 8, 'big')

    @property
    def compressed(self):
        return str(self)

    def _check(self, number):
        if number < 0:
            raise AddressValueError('%d (< 0) is not permitted as an IPv%d address' % (number, self.version))
        if number >> self._bits:
            raise AddressValueError(
                '%d (>= 2**%d) is not permitted as an IPv%d address' % (number, self._bits, self.version)
            )
        return number

    def _read(self, address):
        if isinstance(address, int):
            return self._check(address)
        if isinstance(address, bytes):
            if len(address) != self._bits // 8:
                raise AddressValueError(
                    '%r (len %d != %d) is not permitted as an IPv%d address'
                    % (address, len(address), self._bits // 8, self.version)
                )
            return int.from_bytes(address, 'big')
        text = str(address)
        if '/' in text:
            raise AddressValueError("Unexpected '/' in %r" % address)
        return self._parse(text)


class _Network(_Base):
    def __init__(self, address, strict=True):
        if isinstance(address, (bytes, int)):
            address, prefix = address, self._bits
        elif isinstance(address, tuple):
            address, prefix = address[0], address[1] if len(address) > 1 else self._bits
        else:
            parts = str(address).split('/')
            if len(parts) > 2:
                raise AddressValueError("Only one '/' permitted in %r" % (address,))
            address, prefix = parts[0], parts[1] if len(parts) == 2 else self._bits
        given = self._address_class(address)
        self._prefix = self._parse_prefix(prefix)
        mask = self._mask()
        if strict and given._ip & mask != given._ip:
            raise ValueError('%s has host bits set' % self._with_prefix(given))
        self._ip = given._ip & mask

    def _with_prefix(self, address):
        return '%s/%d' % (address, self._prefix)

    def _mask(self):
        return ((1 << self._prefix) - 1) << (self._bits - self._prefix)

    def _parse_prefix(self, prefix):
        text = str(prefix)
        if text.isascii() and text.isdigit():
            number = int(text)
            if number <= self._bits:
                return number
            raise NetmaskValueError('%r is not a valid netmask' % text)
        if self.version == 4:
            try:
                number = _parse_v4(text)
            except AddressValueError:
                raise NetmaskValueError('%r is not a valid netmask' % text) from None
            for mask in (number, number ^ 0xFFFFFFFF):
                for n in range(33):
                    if mask == ((1 << n) - 1) << (32 - n):
                        return n
        raise NetmaskValueError('%r is not a valid netmask' % text)

    def _key(self):
        return self._ip, self._prefix

    def _text(self):
        return '%s/%d' % (self.network_address, self._prefix)

    def __repr__(self):
        return '%s(%r)' % (self.__class__.__name__, str(self))

    def __contains__(self, other):
        if isinstance(other, _Network) or other.version != self.version:
            return False
        return other._ip & self._mask() == self._ip

    def __iter__(self):
        for x in range(self._ip, self._ip + self.num_addresses):
            yield self._address_class(x)

    def __getitem__(self, n):
        if not -self.num_addresses <= n < self.num_addresses:
            raise IndexError('address out of range')
        return self._address_class(self._ip + n % self.num_addresses)

    def hosts(self):
        first, last = self._ip, self._ip + self.num_addresses - 1
        if self._prefix < self._bits - 1:
            first += 1
            if self.version == 4:
                last -= 1
        for x in range(first, last + 1):
            yield self._address_class(x)

    @property
    def prefixlen(self):
        return self._prefix

    @property
    def network_address(self):
        return self._address_class(self._ip)

    @property
    def broadcast_address(self):
        return self._address_class(self._ip + self.num_addresses - 1)

    @property
    def netmask(self):
        return self._address_class(self._mask())

    @property
    def hostmask(self):
        return self._address_class(self.num_addresses - 1)

    @property
    def num_addresses(self):
        return 1 << (self._bits - self._prefix)

    @property
    def with_prefixlen(self):
        return str(self)

    @property
    def with_netmask(self):
        return '%s/%s' % (self.network_address, self.netmask)

    @property
    def with_hostmask(self):
        return '%s/%s' % (self.network_address, self.hostmask)

    def overlaps(self, other):
        return (
            self.network_address in other
            or self.broadcast_address in other
            or other.network_address in self
            or other.broadcast_address in self
        )

    def subnet_of(self, other):
        if self.version != other.version:
            raise TypeError('%s and %s are not of the same version' % (self, other))
        return self.network_address in other and self.broadcast_address in other

    def supernet_of(self, other):
        return other.subnet_of(self)

    def subnets(self, prefixlen_diff=1, new_prefix=None):
        if self._prefix == self._bits:
            yield self
            return
        if new_prefix is not None:
            if new_prefix < self._prefix:
                raise ValueError('new prefix must be longer')
            if prefixlen_diff != 1:
                raise ValueError('cannot set prefixlen_diff and new_prefix')
            prefixlen_diff = new_prefix - self._prefix
        if prefixlen_diff < 0:
            raise ValueError('prefix length diff must be > 0')
        prefix = self._prefix + prefixlen_diff
        if prefix > self._bits:
            raise ValueError('prefix length diff %d is invalid for netblock %s' % (prefix, self))
        for x in range(self._ip, self._ip + self.num_addresses, 1 << (self._bits - prefix)):
            yield self.__class__((x, prefix))

    def supernet(self, prefixlen_diff=1, new_prefix=None):
        if self._prefix == 0:
            return self
        if new_prefix is not None:
            if new_prefix > self._prefix:
                raise ValueError('new prefix must be shorter')
            if prefixlen_diff != 1:
                raise ValueError('cannot set prefixlen_diff and new_prefix')
            prefixlen_diff = self._prefix - new_prefix
        prefix = self._prefix - prefixlen_diff
        if prefix < 0:
            raise ValueError(
                'current prefixlen is %d, cannot have a prefixlen_diff of %d' % (self._prefix, prefixlen_diff)
            )
        return self.__class__((self._ip, prefix), strict=False)

    def _all(self, name):
        return getattr(self.network_address, name) and getattr(self.broadcast_address, name)

    @property
    def is_multicast(self):
        return self._all('is_multicast')

    @property
    def is_loopback(self):
        return self._all('is_loopback')

    @property
    def is_link_local(self):
        return self._all('is_link_local')

    @property
    def is_unspecified(self):
        return self._all('is_unspecified')

    @property
    def is_private(self):
        return self._all('is_private')
