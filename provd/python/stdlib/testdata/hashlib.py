import hashlib
import uuid

h = hashlib.sha1(b'abc')
c = h.copy()
c.update(b'def')
print(h.hexdigest(), c.hexdigest(), h.digest()[:4], h.name, h.digest_size, h.block_size)
print(hashlib.md5().hexdigest(), hashlib.sha256(b'x').hexdigest(), hashlib.sha512(b'x').hexdigest()[:20], hashlib.new('sha1', b'a').hexdigest())
for f in (lambda: hashlib.md5('x'), lambda: hashlib.new('nope')):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
u = uuid.UUID('{12345678-1234-5678-1234-567812345678}')
print(u, repr(u), u.hex, u.int, u.bytes, u.urn, u.version, u.variant, u.node, u.time_low)
print(uuid.UUID(int=5), uuid.UUID(bytes=b'0123456789abcdef'), u == uuid.UUID(str(u)), u < uuid.UUID(int=2**127), len({u, uuid.UUID(str(u))}))
print(uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org'), uuid.uuid3(uuid.NAMESPACE_URL, 'x'), uuid.uuid5(uuid.NAMESPACE_DNS, 'a').version)
for f in (lambda: uuid.UUID('xyz'), lambda: uuid.UUID(), lambda: uuid.UUID(int=-1), lambda: uuid.UUID('z' * 32)):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
