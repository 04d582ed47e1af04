import struct

for fmt, values in (
    ('>L', (1,)),
    ('>H', (65535,)),
    ('<hHiIqQ', (-1, 2, -3, 4, -5, 2**64 - 1)),
    ('bBh', (1, 2, 3)),
    ('@bi', (1, 2)),
    ('=bi', (1, 2)),
    ('4s', (b'ab',)),
    ('2s3s', (b'abcd', b'x')),
    ('5p', (b'abcdefgh',)),
    ('c?', (b'x', [1])),
    ('<fd', (1.5, -2.25)),
    ('>e', (3.14,)),
    ('3x2b', (1, 2)),
    ('!2H', (1, 2)),
    ('0s', (b'',)),
    ('bq', (1, 1)),
    ('qb0q', (1, 1)),
    ('l', (-1,)),
    ('<l', (-1,)),
    ('n', (5,)),
    ('> h  h', (1, 2)),
):
    data = struct.pack(fmt, *values)
    print(fmt, data, struct.calcsize(fmt), struct.unpack(fmt, data))
print(list(struct.iter_unpack('>H', b'\x00\x01\x00\x02')), struct.unpack_from('>H', b'abcd', 1), struct.unpack_from('<b', b'abc', -1))
s = struct.Struct('>HB')
print(s.size, s.format, s.pack(1, 2), s.unpack(b'\x00\x01\x02'), s.unpack_from(b'x\x00\x01\x02', 1), list(s.iter_unpack(b'\0\1\2\0\3\4')))
for f in (
    lambda: struct.pack('>H', 65536),
    lambda: struct.pack('b', 200),
    lambda: struct.pack('B', -1),
    lambda: struct.pack('h', 1 << 20),
    lambda: struct.pack('i', 1 << 40),
    lambda: struct.pack('>H', -1),
    lambda: struct.pack('<H', -1),
    lambda: struct.pack('>Q', -1),
    lambda: struct.pack('<Q', -1),
    lambda: struct.pack('>q', 1 << 70),
    lambda: struct.pack('<q', 1 << 70),
    lambda: struct.pack('>h', 1 << 70),
    lambda: struct.pack('<f', 1e300),
    lambda: struct.pack('I', -1),
    lambda: struct.pack('>H'),
    lambda: struct.pack('>H', 1, 2),
    lambda: struct.pack('>H', 'a'),
    lambda: struct.pack('s', 'a'),
    lambda: struct.pack('c', b'ab'),
    lambda: struct.pack('f', 'x'),
    lambda: struct.pack('f', 1e300),
    lambda: struct.unpack('>H', b'a'),
    lambda: struct.unpack('z', b'a'),
    lambda: struct.unpack('2', b'a'),
    lambda: struct.unpack_from('>H', b'a'),
    lambda: list(struct.iter_unpack('>H', b'abc')),
    lambda: struct.calcsize(1),
    lambda: struct.unpack('>H', 'ab'),
):
    try:
        print(f())
    except (struct.error, TypeError, OverflowError) as e:
        print(type(e).__name__, e)
