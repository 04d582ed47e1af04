package plugin_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"provbox/provd/document"
	"provbox/provd/plugin"
)

// testInfo is a valid plugin-info file.
const testInfo = `{"version": "1", "description": "test", "capabilities": {}}`

// frozen is the time of the test clock.
var frozen = time.Date(2025, 6, 15, 15, 6, 40, 0, time.UTC)

// testPlugin is a package with the class every package needs.
const testPlugin = `
from wazo_provd.plugins import StandardPlugin

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
`

// pack makes a package of alternating file names and contents.
func pack(files ...string) fstest.MapFS {
	m := fstest.MapFS{"plugin-info": {Data: []byte(testInfo)}}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

func load(ctx context.Context, id string, files fstest.MapFS, change ...func(*plugin.Config)) (*plugin.Plugin, error) {
	cfg := plugin.Config{
		ID: id, Package: files, Now: func() time.Time { return frozen },
		BaseRawConfig: document.New("ip", "192.0.2.10", "http_port", 8667, "tftp_port", 69, "http_base_url", "http://192.0.2.10:8667"),
	}
	for _, f := range change {
		f(&cfg)
	}
	return plugin.Load(ctx, cfg)
}

// TestHostModules runs scripts that check what the host gives to packages. They
// fail by assertion.
func TestHostModules(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"util": `
from wazo_provd.util import *
from provd.util import norm_mac as old_norm_mac
for mac in ['00:1a:2b:3c:4d:5e', '00-1A-2B-3C-4D-5E', '001A2B3c4d5e', '0:1A:2b:3c:4d:5e', '00:1a:2b:3c:4d:5e\n']:
    assert norm_mac(mac) == '00:1a:2b:3c:4d:5e', mac
assert old_norm_mac('001a2b3c4d5e') == '00:1a:2b:3c:4d:5e'
for bad in ['', '00:1a:2b:3c:4d', '00:1a-2b:3c:4d:5e', '001a2b3c4d5', 'zz1a2b3c4d5e', '1:2:3:4:5:678', '001a2b3c4d5e\n']:
    raises(ValueError, norm_mac, bad)
assert raises(TypeError, norm_mac, None) == "expected string or bytes-like object, got 'NoneType'"
assert format_mac('00:1a:2b:3c:4d:5e', separator='', uppercase=True) == '001A2B3C4D5E'
assert format_mac('00:1a:2b:3c:4d:5e', '-') == '00-1a-2b-3c-4d-5e'
assert from_mac(to_mac('00:1a:2b:ff:4d:5e')) == '00:1a:2b:ff:4d:5e'
assert is_normed_mac('00:1a:2b:3c:4d:5e') and not is_normed_mac('00:1A:2b:3c:4d:5e')
assert norm_ip('192.0.2.1') == '192.0.2.1' and norm_ip('10.1') == '10.0.0.1' and norm_ip('0x7f.1') == '127.0.0.1'
for bad in ['', 'x', '1.2.3.256', '1.2.3.4.5', '256.1']:
    raises(ValueError, norm_ip, bad)
assert to_ip('255.0.0.1') == b'\xff\x00\x00\x01' and from_ip(b'\xff\x00\x00\x01') == '255.0.0.1'
assert is_normed_ip('1.2.3.4') and not is_normed_ip('1.2.3') and not is_normed_ip('a.2.3.4')
assert norm_uuid('550E8400-E29B-41D4-A716-446655440000') == '550e8400-e29b-41d4-a716-446655440000'
raises(ValueError, norm_uuid, 'x')
assert decode_bytes(b'\xc3\xa9') == '\xe9' and decode_bytes('x') == 'x' and encode_bytes('x') == b'x'
`,
		"scores": `
from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
assert DeviceSupport.PROBABLE == 300 and DeviceSupport.PROBABLE.value + 10 == 310
assert DeviceSupport.EXACT > DeviceSupport.COMPLETE and int(DeviceSupport.NONE) == 0
assert repr(DeviceSupport.EXACT) == '<DeviceSupport.EXACT: 600>' and str(DeviceSupport.EXACT) == '600'
assert DeviceSupport(500) is DeviceSupport.COMPLETE and DeviceSupport['UNKNOWN'] is DeviceSupport.UNKNOWN
assert DeviceSupport.EXACT.name == 'EXACT' and len(DeviceSupport) == 7
raises(ValueError, DeviceSupport, 1)
class A(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return (vendor, model, version)
assert A().associate({}) == 200
assert A().associate({'vendor': 'V', 'version': '1'}) == ('V', None, '1')
raises(NotImplementedError, BasePgAssociator().associate, {'vendor': 'V'})
from wazo_provd.devices.ident import RequestType
assert RequestType.HTTP.value == 'http' and RequestType.HTTP is RequestType('http')
`,
		"time zones": `
from wazo_provd import tzinform
paris = tzinform.get_timezone_info('Europe/Paris')
assert paris['utcoffset'].as_hours == 1 and paris['utcoffset'].as_hms == [1, 0, 0]
assert paris['dst']['start']['month'] == 3 and paris['dst']['start']['day'] == 'W5.7'
assert paris['dst']['start']['time'].as_seconds == 7200 and paris['dst']['save'].as_minutes == 60
st_johns = tzinform.get_timezone_info('America/St_Johns')['utcoffset']
assert st_johns.as_hours == -4 and st_johns.as_minutes == -210 and st_johns.as_hms == [-3, 30, 0]
assert tzinform.Time(-2).as_hms == [0, 0, -2] and tzinform.Time(60) == tzinform.Time(60) != tzinform.Time(61)
assert tzinform.get_timezone_info('Asia/Tokyo')['dst'] is None
assert raises(tzinform.TimezoneNotFoundError, tzinform.get_timezone_info, 'Moon/Base') == 'Moon/Base'
assert raises(tzinform.TimezoneNotFoundError, tzinform.get_timezone_info, None) == 'None'
db = tzinform.DefaultTimezoneInfoDB('Europe/Paris', tzinform.TextTimezoneInfoDB())
assert db.get_timezone_info('Moon/Base')['utcoffset'].as_hours == 1
assert [tzinform.week_start_on_monday(n) for n in range(1, 8)] == [7, 1, 2, 3, 4, 5, 6]
`,
		"phonebook": `
from wazo_provd import plugins
raw = {'X_xivo_phonebook_ip': 'pb.example', 'X_xivo_user_uuid': 'u-1'}
plugins.add_xivo_phonebook_url(raw, 'acme', entry_point='lookup', qs_prefix='a=1', qs_suffix='term=#')
assert raw['XX_xivo_phonebook_url'] == 'http://pb.example:9498/0.1/directories/lookup/default/acme?a=1&xivo_user_uuid=u-1&term=#'
plugins.add_xivo_phonebook_url_from_format(raw, '{scheme}|{hostname}|{port}|{user_uuid}|{profile}')
assert raw['XX_xivo_phonebook_url'] == 'http|pb.example|9498|u-1|default'
plugins.add_wazo_phoned_user_service_url(raw, 'acme', 'dnd')
assert raw['XX_wazo_phoned_user_service_dnd_enabled_url'] == 'http://pb.example:9498/0.1/acme/users/u-1/services/dnd/enable'
assert raw['XX_wazo_phoned_user_service_dnd_disabled_url'].endswith('/disable')
empty = {'X_xivo_phonebook_ip': None}
plugins.add_xivo_phonebook_url(empty, 'acme')
plugins.add_wazo_phoned_user_service_url(empty, 'acme', 'dnd')
assert empty == {'X_xivo_phonebook_ip': None}
`,
		"deferred": `
from twisted.internet import defer, threads
from twisted.python.failure import Failure
got = []
d = defer.Deferred()
d.addCallback(lambda r, n: r + n, 2).addCallback(got.append)
d.callback(1)
assert got == [3] and d.called
raises(defer.AlreadyCalledError, d.callback, 1)
def fails(_):
    raise KeyError('k')
d = defer.succeed(1).addCallback(fails).addErrback(lambda f: (f.check(ValueError, KeyError), f.getErrorMessage()))
assert d.result == (KeyError, "'k'")
inner = defer.Deferred()
d = defer.succeed(1).addCallback(lambda _: inner).addCallback(lambda r: r * 2)
inner.callback(21)
assert d.result == 42
d = defer.fail(ValueError('x')).addCallbacks(lambda r: 'ok', lambda f: f.trap(ValueError))
assert d.result is ValueError
@defer.inlineCallbacks
def chain(n):
    a = yield defer.succeed(n)
    try:
        yield defer.fail(ValueError('no'))
    except ValueError as e:
        b = str(e)
    c = yield 5
    defer.returnValue((a, b, c))
assert chain(1).result == (1, 'no', 5)
class C:
    @defer.inlineCallbacks
    def m(self, x):
        y = yield defer.succeed(x)
        return (self, y)
c = C()
assert c.m(3).result == (c, 3)
waiting = defer.Deferred()
@defer.inlineCallbacks
def late():
    v = yield waiting
    return v + 1
r = late()
assert not r.called
waiting.callback(1)
assert r.result == 2
assert threads.deferToThread(lambda a, b=0: a + b, 1, b=2).result == 3
assert isinstance(threads.deferToThread(fails, 0).result, Failure)
assert defer.maybeDeferred(lambda: 7).result == 7
raises(TypeError, defer.fail, 'no exception')
`,
		"files": `
import os
here = os.path.dirname(STATIC)
with open(STATIC) as f:
    assert f.read() == 'static'
with open(os.path.join(here, 'out.txt'), 'w') as f:
    assert f.write('caf\xe9\n') == 5
    f.writelines(['b\n', 'c'])
assert [line for line in open(os.path.join(here, 'out.txt'))] == ['caf\xe9\n', 'b\n', 'c']
with open(os.path.join(here, 'out.txt'), 'rb') as f:
    assert f.read(4) == b'caf\xc3' and f.tell() == 4
with open(os.path.join(here, 'out.txt'), 'a') as f:
    f.write('d')
assert open(os.path.join(here, 'out.txt')).read() == 'caf\xe9\nb\ncd'
assert raises(TypeError, open(os.path.join(here, 'x'), 'w').write, ['a']) == 'write() argument must be str, not list'
assert raises(TypeError, open(os.path.join(here, 'x'), 'wb').write, 'a') == "a bytes-like object is required, not 'str'"
os.rename(os.path.join(here, 'out.txt'), os.path.join(here, 'new.txt'))
assert os.path.exists(os.path.join(here, 'new.txt')) and not os.path.exists(os.path.join(here, 'out.txt'))
os.remove(os.path.join(here, 'new.txt'))
try:
    os.remove(os.path.join(here, 'new.txt'))
    assert False
except OSError as e:
    assert e.errno == 2 and isinstance(e, FileNotFoundError), e
for name in ['/etc/passwd', here + '/../../../../../etc/passwd', '../x', 'a\0b', '/']:
    raises(OSError, open, name)
    raises(OSError, open, name, 'w')
    assert not os.path.isfile(name)
raises(OSError, open, os.path.join(here, '..', '..', 'entry.py'), 'w')
raises(OSError, os.remove, STATIC)
raises(ValueError, open, STATIC, 'q')
`,
		"resources": `
from twisted.web.resource import Resource, NoResource
from wazo_provd.servers.http import HTTPNoListingFileService
from wazo_provd.servers.tftp.service import TFTPFileService, TFTPNullService
from wazo_provd.servers.tftp import packet
class R(Resource):
    isLeaf = True
    def __init__(self):
        super().__init__()
root = Resource()
root.putChild(b'x', R())
assert root.children[b'x'].isLeaf and not root.isLeaf
assert root.getChildWithDefault(b'x', None) is root.children[b'x']
assert NoResource('m').detail == 'm'
class S(HTTPNoListingFileService):
    def path_preprocess(self, request):
        pass
assert S('/p').path == '/p'
assert TFTPNullService(errmsg='m').errmsg == 'm'
assert packet.ERR_FNF == b'\x00\x01' and packet.OP_RRQ == b'\x00\x01'
`,
		"services": `
from wazo_provd.services import *
from wazo_provd.services import JsonConfigPersister
from wazo_provd.plugins import FetchfwPluginHelper
import os
class Service:
    description = [('user', 'who')]
    def __init__(self):
        self.user = None
    def get(self, name):
        return getattr(self, name)
    def set(self, name, value):
        if name != 'user':
            raise KeyError(name)
        self.user = value
config = os.path.join(os.path.dirname(STATIC), '..', 'config.json')
a = PersistentConfigurationServiceDecorator(Service(), JsonConfigPersister(config))
a.set('user', 'u\xe9')
assert a.get('user') == 'u\xe9' and a.description == [('user', 'who')]
b = PersistentConfigurationServiceDecorator(Service(), JsonConfigPersister(config))
assert b.get('user') == 'u\xe9'
raises(KeyError, a.set, 'other', 1)
d = FetchfwPluginHelper.new_downloaders(None)
d['auth'].add_password(None, 'http://x/', 'u', 'p')
h = FetchfwPluginHelper('/p', d)
assert h.root_dir == '/p/var/tftpboot' and list(h.services()) == ['install']
`,
		"imports": `
import wazo_provd.servers.tftp.packet
assert wazo_provd.servers.tftp.packet.ERR_UNDEF == b'\x00\x00'
import provd.util as a, wazo_provd.util as b
assert a is b
from wazo_provd import plugins, synchronize, tzinform
from twisted.internet import reactor
for missing in ['wazo_provd.app2', 'os2', 'subprocess', 'socket', 'sys2', 'twisted.conch', 'ctypes', 'builtins2']:
    try:
        exec_import(missing)
    except ImportError as e:
        assert missing.split('.')[-1] in str(e), e
    else:
        assert False, missing
try:
    from wazo_provd.util import no_such_name
    assert False
except ImportError as e:
    assert 'no_such_name' in str(e)
assert not hasattr(reactor, 'listenTCP')
raises(TypeError, setattr, plugins.Plugin, 'x', 1)
`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The script runs as configure_common, which may write files.
			var b strings.Builder
			b.WriteString(testPlugin)
			b.WriteString(`
    def configure_common(self, raw_config):
        execfile_('script.py', {'STATIC': self._tftpboot_dir + '/static.txt', 'raises': raises, 'exec_import': exec_import})

def raises(class_, fn, *args):
    try:
        fn(*args)
    except class_ as e:
        return str(e)
    assert False, 'not raised'

def exec_import(name):
`)
			for _, m := range []string{"wazo_provd.app2", "os2", "subprocess", "socket", "sys2", "twisted.conch", "ctypes", "builtins2"} {
				fmt.Fprintf(&b, "    if name == %q:\n        import %s\n", m, m)
			}
			if _, err := load(t.Context(), "test", pack("entry.py", b.String(), "script.py", src, "var/tftpboot/static.txt", "static")); err != nil {
				t.Error(err)
			}
		})
	}
}
