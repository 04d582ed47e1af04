try:
    from packaging.version import InvalidVersion, Version, parse
except ImportError:
    from pip._vendor.packaging.version import InvalidVersion, Version, parse

order = '1.0.dev1 1.0a1.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0+abc 1.0+abc.5 1.0+5 1.0.post1.dev2 1.0.post1 1.0.1 1.1 1.10 2!0.1'.split()
versions = [Version(v) for v in order]
print([str(v) for v in sorted(reversed(versions))] == order, versions == sorted(versions))
for text in ('8.9.3.40', '10.1.215.13', '05.00.0001', 'v1.2', '1.0-alpha-1', '1.0.Post', '1.0-3', '1.0c1', ' 1.2 ', '1_0' if False else '1.0_rev2', '1.0-PREVIEW7', '2!1.2.3a4.post5.dev6+ubuntu.1'):
    v = Version(text)
    print(v, repr(v), v.release, v.major, v.minor, v.micro, v.pre, v.post, v.dev, v.local, v.epoch, v.public, v.base_version, v.is_prerelease, v.is_postrelease, v.is_devrelease)
print(Version('7.0.0.0') == Version('7'), Version('8.7.5.35') < Version('8.9'), Version('05.20.0001') >= Version('05.00.0001'), hash(Version('1.0')) == hash(Version('1')), parse('1.2') > parse('1.1'))
for bad in ('', 'abc', '1.x', '1..2', '1.0+'):
    try:
        Version(bad)
    except InvalidVersion as e:
        print(e)
try:
    Version('1') < '1'
except TypeError:
    print('TypeError')
