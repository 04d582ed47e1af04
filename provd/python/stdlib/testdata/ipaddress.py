from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, ip_address, ip_interface, ip_network

a = ip_address('192.168.1.10')
print(a, repr(a), int(a), a + 1, a - 10, a.version, a.packed, a.is_private, a.is_loopback, a.is_multicast, a.is_global, a.reverse_pointer, a < ip_address('192.168.1.11'), a == IPv4Address(3232235786), hash(a) == hash(IPv4Address('192.168.1.10')), a.max_prefixlen)
n = ip_network('192.168.1.0/29')
print(n, repr(n), n.netmask, n.hostmask, n.prefixlen, n.network_address, n.broadcast_address, n.num_addresses, [str(h) for h in n.hosts()], a in n, ip_address('192.168.1.3') in n, n[1], n[-1], n.with_netmask, list(n)[:2])
print([str(s) for s in n.subnets()], n.supernet(), n.supernet(new_prefix=16), n.overlaps(ip_network('192.168.1.4/30')), ip_network('10.0.0.0/255.0.0.0'), ip_network('10.1.2.3/8', strict=False), ip_network('10.0.0.1'), n.subnet_of(ip_network('192.168.0.0/16')), sorted([ip_network('10.0.0.0/9'), ip_network('10.0.0.0/8')]))
for s in ('::', '::1', '2001:db8::1', 'fe80::1%eth0', '2001:db8:0:0:1:0:0:1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1::', '::8', '2001:0db8::0'):
    v = ip_address(s)
    print(s, v, v.exploded if '%' not in s else '', v.is_loopback, v.is_link_local, v.is_private, v.ipv4_mapped)
m = ip_network('2001:db8::/126')
print(m, m.num_addresses, [str(h) for h in m.hosts()], m.netmask, ip_address('2001:db8::2') in m, IPv6Address(1), a in m)
i = ip_interface('10.0.0.5/24')
print(i, i.ip, i.network, i.netmask, repr(i))
for bad in ('', '1.2.3', '1.2.3.256', '1.2.3.04', 'a.b.c.d', '1.2.3.4/33', '10.0.0.1/8', ':::', '1::2::3', '12345::', 'g::', '1:2:3', '1:2:3:4:5:6:7:8:9', ':1', '1.2.3.4/x'):
    for f in (ip_address, ip_network, IPv4Address):
        try:
            f(bad)
        except ValueError as e:
            print(type(e).__name__, e)
print(IPv4Network((167772160, 8)), IPv4Address(b'\x01\x02\x03\x04'), issubclass(AddressValueError, ValueError))
