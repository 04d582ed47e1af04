import functools

from _ipaddress import AddressValueError, NetmaskValueError, _Address, _format_v4, _format_v6, _Network, _parse_v4, _parse_v6

IPV4LENGTH = 32
IPV6LENGTH = 128


@functools.total_ordering
class IPv4Address(_Address):
    version = 4
    _bits = 32

    def __init__(self, address):
        self._ip = self._read(address)

    def _parse(self, text):
        return _parse_v4(text)

    def _text(self):
        return _format_v4(self._ip)

    @property
    def exploded(self):
        return str(self)

    @property
    def reverse_pointer(self):
        return '.'.join(reversed(str(self).split('.'))) + '.in-addr.arpa'

    @property
    def is_multicast(self):
        return self._ip >> 28 == 0xE

    @property
    def is_unspecified(self):
        return self._ip == 0

    @property
    def is_loopback(self):
        return self._ip >> 24 == 127

    @property
    def is_link_local(self):
        return self._ip >> 16 == 0xA9FE

    @property
    def is_reserved(self):
        return self._ip >> 28 == 0xF

    @property
    def is_private(self):
        return self._in(*_PRIVATE_V4)

    @property
    def is_global(self):
        return not self._in(IPv4Network('100.64.0.0/10')) and not self.is_private


@functools.total_ordering
class IPv6Address(_Address):
    version = 6
    _bits = 128

    def __init__(self, address):
        self._scope = None
        self._ip = self._read(address)

    def _parse(self, text):
        text, percent, scope = text.partition('%')
        if percent:
            if not scope or '%' in scope:
                raise AddressValueError('Invalid IPv6 address: "%r"' % (text + percent + scope))
            self._scope = scope
        return _parse_v6(text)

    def _text(self):
        text = _format_v6(self._ip)
        return text + '%' + self._scope if self._scope else text

    @property
    def scope_id(self):
        return self._scope

    @property
    def exploded(self):
        text = ':'.join('%04x' % (self._ip >> shift & 0xFFFF) for shift in range(112, -1, -16))
        return text + '%' + self._scope if self._scope else text

    @property
    def ipv4_mapped(self):
        if self._ip >> 32 != 0xFFFF:
            return None
        return IPv4Address(self._ip & 0xFFFFFFFF)

    @property
    def is_multicast(self):
        return self._ip >> 120 == 0xFF

    @property
    def is_unspecified(self):
        return self._ip == 0

    @property
    def is_loopback(self):
        return self._ip == 1

    @property
    def is_link_local(self):
        return self._ip >> 118 == 0xFE80 >> 6

    @property
    def is_site_local(self):
        return self._ip >> 118 == 0xFEC0 >> 6

    @property
    def is_private(self):
        mapped = self.ipv4_mapped
        if mapped is not None:
            return mapped.is_private
        return self._in(*_PRIVATE_V6)

    @property
    def is_global(self):
        return not self.is_private


@functools.total_ordering
class IPv4Network(_Network):
    version = 4
    _bits = 32
    _address_class = IPv4Address


@functools.total_ordering
class IPv6Network(_Network):
    version = 6
    _bits = 128
    _address_class = IPv6Address


_PRIVATE_V4 = [
    IPv4Network(n)
    for n in (
        '0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/29 192.0.0.170/31 192.0.2.0/24 '
        '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32'
    ).split()
]
_PRIVATE_V6 = [
    IPv6Network(n)
    for n in '::1/128 ::/128 ::ffff:0:0/96 100::/64 2001::/23 2001:2::/48 2001:db8::/32 2001:10::/28 fc00::/7 fe80::/10'.split()
]


class _Interface:
    def __init__(self, address):
        if isinstance(address, (bytes, int)):
            address = (address, self._bits)
        if isinstance(address, tuple):
            host, mask = address[0], address[1] if len(address) > 1 else self._bits
        else:
            host, _, mask = str(address).partition('/')
            mask = mask or self._bits
        super().__init__(host)
        self.network = self._network_class((self._ip, mask), strict=False)

    def _text(self):
        return '%s/%d' % (super()._text(), self.network.prefixlen)

    def _key(self):
        return self._ip, self.network._key()

    @property
    def ip(self):
        return self._address_class(self._ip)

    @property
    def netmask(self):
        return self.network.netmask

    @property
    def with_prefixlen(self):
        return str(self)


class IPv4Interface(_Interface, IPv4Address):
    _network_class = IPv4Network
    _address_class = IPv4Address


class IPv6Interface(_Interface, IPv6Address):
    _network_class = IPv6Network
    _address_class = IPv6Address


def _first(address, what, *classes):
    for cls in classes:
        try:
            return cls(address)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError('%r does not appear to be an IPv4 or IPv6 %s' % (address, what))


def ip_address(address):
    return _first(address, 'address', IPv4Address, IPv6Address)


def ip_interface(address):
    return _first(address, 'interface', IPv4Interface, IPv6Interface)


def ip_network(address, strict=True):
    for cls in (IPv4Network, IPv6Network):
        try:
            return cls(address, strict)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError('%r does not appear to be an IPv4 or IPv6 network' % (address,))
