import base64
import binascii

print(binascii.hexlify(b'\x00\xff a'), binascii.hexlify(b'abcdef', ':'), binascii.hexlify(b'abcdef', b'-', 2), binascii.hexlify(b'abcde', '_', -2))
print(binascii.unhexlify('00ffAB'), binascii.unhexlify(b'6162'), binascii.a2b_hex(''), binascii.b2a_hex(b'x'))
print(binascii.crc32(b'hello'), binascii.crc32(b'lo', binascii.crc32(b'hel')), binascii.crc_hqx(b'hello', 0))
print(binascii.b2a_base64(b'hello'), binascii.b2a_base64(b'hello', newline=False), binascii.a2b_base64('aGVsbG8=\n'), binascii.a2b_base64(b'aGVs bG8='))
print(base64.b64encode(b'\xfb\xff?'), base64.b64encode(b'\xfb\xff?', b'-_'), base64.urlsafe_b64encode(b'\xfb\xff?'), base64.standard_b64encode(b'a'))
print(base64.b64decode('+/8/'), base64.b64decode(b'-_8_', '-_'), base64.urlsafe_b64decode('-_8_'), base64.b64decode('YQ=='))
print(base64.b32encode(b'hello'), base64.b32decode(b'NBSWY3DP'), base64.b16encode(b'\xab\x01'), base64.b16decode('AB01'), base64.b16decode('ab01', True))
print(base64.encodebytes(b'x' * 60), base64.decodebytes(b'eHh4\n'))
for f in (
    lambda: binascii.unhexlify('abc'),
    lambda: binascii.unhexlify('zz'),
    lambda: binascii.unhexlify('é'),
    lambda: binascii.hexlify('abc'),
    lambda: binascii.a2b_base64('a'),
    lambda: binascii.a2b_base64('YQ'),
    lambda: base64.b64decode('YQ=a!', validate=True),
    lambda: base64.b64encode('abc'),
    lambda: base64.b32decode('A'),
    lambda: base64.b16decode('ab'),
    lambda: binascii.unhexlify(1),
):
    try:
        print(f())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
