"""Runs a plugin package in CPython with Jinja2, for the benchmarks beside ours.

The few names of wazo_provd that packages use while they are loaded, configure a
phone and look at a request are written here from their description in
spec/plugins.md; every other import of wazo_provd or twisted gives a stand-in that
does nothing. Files are made in memory, so that no disk is measured.

Standard input is a JSON object: "packages" (folders), "device", "config" (what
configure gets), "common" (what configure_common gets), "agents" (User-Agents that
are looked at in turn) and "seconds" (how long to measure). Standard output is one,
in seconds of processor time: "load" for each package, "configure" for the first and "extract" for
one User-Agent through all.
"""

import copy
import enum
import functools
import importlib.abc
import importlib.machinery
import io
import json
import os
import re
import sys
import time
import types

try:
    import jinja2
except ImportError:
    print(json.dumps({'missing': 'jinja2'}))
    sys.exit(0)


class AnyAttribute(type):
    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Nothing()


class Nothing(metaclass=AnyAttribute):
    """Stands for what a package names and this program does not have."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *args, **kwargs):
        return Nothing()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return Nothing()


class Stand(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        full = f'{self.__name__}.{name}'
        if full in NAMES:
            return importlib.import_module(full)
        return AnyAttribute(name, (Nothing,), {})


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] not in ('wazo_provd', 'twisted', 'requests'):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = Stand(spec.name)
        for key, value in NAMES.get(spec.name, {}).items():
            setattr(module, key, value)
        return module

    def exec_module(self, module):
        pass


files = {}


class RawConfigError(Exception):
    pass


class DeviceSupport(enum.IntEnum):
    NONE = 0
    IMPROBABLE = 100
    UNKNOWN = 200
    PROBABLE = 300
    INCOMPLETE = 400
    COMPLETE = 500
    EXACT = 600


class Plugin:
    IS_PLUGIN = False

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        self._plugin_dir = plugin_dir

    def services(self):
        return {}

    def configure_common(self, raw_config):
        pass

    def configure(self, device, raw_config):
        pass


class StandardPlugin(Plugin):
    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tftpboot_dir = os.path.join(plugin_dir, 'var', 'tftpboot')


class TemplatePluginHelper:
    def __init__(self, plugin_dir):
        folders = [os.path.join(plugin_dir, d) for d in ('var/templates', 'templates')]
        self._env = jinja2.Environment(loader=jinja2.FileSystemLoader(folders))

    def get_template(self, name):
        return self._env.get_template(name)

    def get_dev_template(self, filename, device):
        names = [filename + '.tpl']
        if device.get('model'):
            names.append(device['model'] + '.tpl')
        for name in names:
            try:
                return self._env.get_template(name)
            except jinja2.TemplateNotFound:
                pass
        return self._env.get_template('base.tpl')

    def dump(self, template, context, filename, encoding='UTF-8', errors='strict'):
        files[filename] = template.render(context).encode(encoding, errors)

    def render(self, template, context, *args):
        return template.render(context)


class Kept(io.StringIO):
    """A text file that a package writes."""

    def __init__(self, name):
        super().__init__()
        self._name = name

    def close(self):
        if not self.closed:
            files[self._name] = self.getvalue()
        super().close()


def open_(name, mode='r', *args, **kwargs):
    if 'w' not in mode:
        return open(name, mode, *args, **kwargs)
    return io.BytesIO() if 'b' in mode else Kept(name)


def norm_mac(mac):
    digits = re.sub('[:.-]', '', mac).lower()
    if not re.fullmatch('[0-9a-f]{12}', digits):
        raise ValueError(f'invalid MAC: {mac}')
    return ':'.join(digits[i : i + 2] for i in range(0, 12, 2))


def format_mac(mac, separator=':', uppercase=False):
    text = norm_mac(mac).replace(':', separator)
    return text.upper() if uppercase else text


class TimezoneNotFoundError(Exception):
    pass


class Span:
    def __init__(self, seconds):
        self.as_seconds = seconds
        self.as_minutes = seconds // 60
        self.as_hours = seconds // 3600
        minutes, rest = divmod(abs(seconds), 60)
        self.as_hms = [minutes // 60, minutes % 60, rest]


def seconds_of(text):
    if not text:
        return 0
    parts = [int(p) for p in re.findall(r'\d+', text)] + [0, 0]
    n = parts[0] * 3600 + parts[1] * 60 + parts[2]
    return -n if text[0] == '-' else n


ZONE = re.compile(
    r'(?:<[^>]+>|[A-Za-z]+)([-+]?[\d:]+)'
    r'(?:(?:<[^>]+>|[A-Za-z]+)([-+]?[\d:]+)?,M(\d+)\.(\d)\.(\d)(?:/([-\d:]+))?,M(\d+)\.(\d)\.(\d)(?:/([-\d:]+))?)?$'
)


@functools.cache
def get_timezone_info(name):
    # The last line of a zone file is the rule for the years to come.
    try:
        with open(os.path.join('/usr/share/zoneinfo', name), 'rb') as f:
            match = ZONE.match(f.read().split(b'\n')[-2].decode())
    except OSError:
        match = None
    if not match:
        raise TimezoneNotFoundError(name)
    part = match.groups()
    offset = -seconds_of(part[0])
    if not part[2]:
        return {'utcoffset': Span(offset), 'dst': None}

    def change(month, week, weekday, at):
        return {
            'month': int(month),
            'day': f'W{week}.{int(weekday) + 1}',
            'time': Span(seconds_of(at) if at else 7200),
        }

    summer = -seconds_of(part[1]) if part[1] else offset + 3600
    rule = {
        'start': change(*part[2:6]),
        'end': change(*part[6:10]),
        'save': Span(summer - offset),
        'as_string': f'rule of {name}',
    }
    return {'utcoffset': Span(offset), 'dst': rule}


class DefaultTimezoneInfoDB:
    def __init__(self, default, db):
        self._default = default

    def get_timezone_info(self, name):
        try:
            return get_timezone_info(name)
        except TimezoneNotFoundError:
            return get_timezone_info(self._default)


def add_xivo_phonebook_url(raw, vendor, entry_point='input', qs_prefix='', qs_suffix=''):
    host, user = raw.get('X_xivo_phonebook_ip'), raw.get('X_xivo_user_uuid')
    if not host or not user:
        return
    scheme = raw.get('X_xivo_phonebook_scheme', 'http')
    port = raw.get('X_xivo_phonebook_port', 9498)
    prefix = qs_prefix + '&' if qs_prefix else ''
    suffix = '&' + qs_suffix if qs_suffix else ''
    raw['XX_xivo_phonebook_url'] = (
        f'{scheme}://{host}:{port}/0.1/directories/{entry_point}/default/{vendor}'
        f'?{prefix}xivo_user_uuid={user}{suffix}'
    )


def add_service_url(raw, vendor, service):
    host, user = raw.get('X_xivo_phonebook_ip'), raw.get('X_xivo_user_uuid')
    if not host or not user:
        return
    for name, verb in (('enabled', 'enable'), ('disabled', 'disable')):
        raw[f'XX_wazo_phoned_user_service_{service}_{name}_url'] = (
            f'http://{host}:9498/0.1/{vendor}/users/{user}/services/{service}/{verb}'
        )


class Defer:
    @staticmethod
    def succeed(value):
        return value


PLUGINS = {
    'Plugin': Plugin,
    'StandardPlugin': StandardPlugin,
    'TemplatePluginHelper': TemplatePluginHelper,
    'add_xivo_phonebook_url': add_xivo_phonebook_url,
    'add_wazo_phoned_user_service_url': add_service_url,
}
TZINFORM = {
    'TimezoneNotFoundError': TimezoneNotFoundError,
    'get_timezone_info': get_timezone_info,
    'DefaultTimezoneInfoDB': DefaultTimezoneInfoDB,
    'week_start_on_monday': lambda day: (day + 5) % 7 + 1,
}
NAMES = {
    'wazo_provd.plugins': PLUGINS,
    'wazo_provd.tzinform': TZINFORM,
    'wazo_provd.phonebook': PLUGINS,
    'wazo_provd.phoned_users': PLUGINS,
    'wazo_provd.devices.config': {'RawConfigError': RawConfigError},
    'wazo_provd.devices.pgasso': {'DeviceSupport': DeviceSupport},
    'wazo_provd.util': {'norm_mac': norm_mac, 'format_mac': format_mac},
    'twisted.internet': {'defer': Defer},
    'twisted.internet.defer': {'succeed': Defer.succeed},
}


class Request:
    path = b'/001565aabbcc.cfg'
    uri = path
    args = {}

    def __init__(self, agent):
        self._agent = agent.encode('latin-1')

    def getHeader(self, name):
        return self._agent if name.lower() in (b'user-agent', 'user-agent') else None


def load(folder, common):
    """Execute a package as wazo-provd does and make its plugin object."""
    entry = {'open': open_, '__name__': 'entry'}

    def execfile_(name, scope=entry):
        scope.setdefault('execfile_', execfile_)
        scope.setdefault('open', open_)
        with open(os.path.join(folder, name), encoding='utf-8') as f:
            exec(compile(f.read(), name, 'exec'), scope)

    entry['execfile_'] = execfile_
    execfile_('entry.py')
    for value in list(entry.values()):
        if isinstance(value, type) and issubclass(value, Plugin) and value.IS_PLUGIN:
            plugin = value(Nothing(), folder, {'proxies': {}}, {})
            plugin.configure_common(copy.deepcopy(common))
            return plugin
    raise SystemExit('entry.py has no class with IS_PLUGIN')


def measure(seconds, step):
    """Return how long a step takes: the shortest of five means."""
    step()
    best = None
    for _ in range(5):
        n, start = 0, time.process_time()
        while (spent := time.process_time() - start) < seconds / 5:
            step()
            n += 1
        best = spent / n if best is None else min(best, spent / n)
    return best


def main():
    sys.meta_path.insert(0, Finder())
    asked = json.load(sys.stdin)
    # wazo-provd's configuration of logging discards what is below warnings early.
    import logging

    logging.disable(logging.CRITICAL)
    plugins, answer = [], {'load': []}
    for folder in asked['packages']:
        start = time.process_time()
        plugins.append(load(folder, asked['common']))
        answer['load'].append(time.process_time() - start)
    if 'config' in asked:
        # configure changes its arguments, so that each call gets copies; wazo-provd
        # reads them from a database each time.
        device, config = json.dumps(asked['device']), json.dumps(asked['config'])
        answer['configure'] = measure(
            asked['seconds'],
            lambda: plugins[0].configure(json.loads(device), json.loads(config)),
        )
    if 'agents' in asked:
        requests = [Request(a) for a in asked['agents']]
        extractors = [getattr(p, 'http_dev_info_extractor', None) for p in plugins]

        def every():
            for request in requests:
                for extractor in extractors:
                    if extractor is not None:
                        extractor.extract(request, 'http')

        answer['extract'] = measure(asked['seconds'], every) / len(requests)
    print(json.dumps(answer))


main()
