import calendar
import datetime
import logging
import os
import re

try:
    from wazo_provd import plugins, synchronize, tzinform
    from wazo_provd.devices.config import RawConfigError
    from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper
    from wazo_provd.servers.http import HTTPNoListingFileService
    from wazo_provd.util import format_mac, norm_mac
except ImportError:
    # wazo-provd before 24.02
    from provd import plugins, synchronize, tzinform
    from provd.devices.config import RawConfigError
    from provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from provd.plugins import StandardPlugin, TemplatePluginHelper
    from provd.servers.http import HTTPNoListingFileService
    from provd.util import format_mac, norm_mac

from twisted.internet import defer

logger = logging.getLogger('plugin.provbox-aastra')

VENDOR = 'Aastra'


def printable(c):
    return not (
        ord(c) < 32
        or 127 <= ord(c) < 160
        or 0xD800 <= ord(c) < 0xE000
        or c in '\u2028\u2029\ufffe\uffff'
    )


def clean(value):
    """Return a value whose strings fit on one line of a configuration file.

    The file format has no quoting: a line break would begin another parameter.
    """
    if isinstance(value, str):
        return ''.join(c if printable(c) else ' ' for c in value).strip()
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


class AastraHTTPDeviceInfoExtractor:
    # "Aastra6731i MAC:00-08-5D-23-74-29 V:3.2.0.70-SIP", "Mitel6920
    # MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP"
    _USER_AGENT = re.compile(r'^(?:Aastra|Mitel)(\w+) MAC:([^ ]+) V:([^ ]+)-SIP$')
    # The oldest firmware shortens the name of the model.
    _MODELS = {'51i': '6751i', '53i': '6753i', '55i': '6755i', '57i': '6757i'}

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if not user_agent:
            return defer.succeed(None)
        text = user_agent.decode('ascii', 'replace')
        match = self._USER_AGENT.match(text)
        if not match:
            return defer.succeed(None)
        model, mac, version = match.groups()
        try:
            mac = norm_mac(mac)
        except ValueError as e:
            logger.info('no MAC address in %r: %s', text, e)
            return defer.succeed(None)
        return defer.succeed(
            {
                'vendor': VENDOR,
                'model': self._MODELS.get(model, model),
                'version': version,
                'mac': mac,
            }
        )


class AastraPgAssociator(BasePgAssociator):
    # The scores stay below those of a package that was made for the very
    # firmware of the phone, so that such a package takes over once installed.
    def __init__(self, models):
        self._models = models

    def _do_associate(self, vendor, model, version):
        if vendor != VENDOR:
            return DeviceSupport.IMPROBABLE
        if model in self._models:
            return DeviceSupport.INCOMPLETE
        return DeviceSupport.PROBABLE


class BaseAastraPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'
    _FOLDER = 'Aastra'

    # File of the language, and the language of the keyboard.
    _LANGUAGES = {
        'de': ('lang_de.txt', 'German'),
        'es': ('lang_es.txt', 'Spanish'),
        'fr': ('lang_fr.txt', 'French'),
        'it': ('lang_it.txt', 'Italian'),
        'nl': ('lang_nl_nl.txt', 'Dutch'),
        'pt': ('lang_pt.txt', 'Portuguese'),
    }
    # Values of tone set.
    _TONES = {
        'AU': 'Australia',
        'BR': 'Brazil',
        'CA': 'US',
        'DE': 'Germany',
        'ES': 'Europe',
        'FR': 'France',
        'GB': 'UK',
        'IT': 'Italy',
        'MX': 'Mexico',
        'NL': 'Europe',
        'RU': 'Russia',
        'US': 'US',
    }
    # Whether out of band, and by which method.
    _DTMF_TYPES = {
        'RTP-in-band': ('0', '0'),
        'RTP-out-of-band': ('1', '0'),
        'SIP-INFO': ('1', '1'),
    }
    _TRANSPORTS = {'udp': '1', 'tcp': '2', 'tls': '4'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    _LOG_LEVELS = {
        'critical': '1',
        'error': '1',
        'warning': '3',
        'info': '7',
        'debug': '65535',
    }
    _LOG_MODULES = (
        'linemgr',
        'user interface',
        'misc',
        'sip',
        'dis',
        'dstore',
        'ept',
        'ind',
        'kbd',
        'net',
        'provis',
        'rtpt',
        'snd',
        'prof',
        'stun',
    )
    # Keys of one expansion module.
    _MODULE_KEYS = {'M670': 36, 'M675': 60, 'M680': 16, 'M685': 84}
    _MODULES = 3
    _KEY_TYPES = {'speeddial': 'speeddial', 'blf': 'blf', 'park': 'park', 'line': 'line'}
    _SENSITIVE = re.compile(r'^[0-9A-F]{12}\.cfg$')

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        # The phones are told to look into a folder.
        root = self._tftpboot_dir
        self._tftpboot_dir = os.path.join(root, self._FOLDER)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(root)

    http_dev_info_extractor = AastraHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        template = self._templates.get_template('common/aastra.cfg.tpl')
        self._write(template, {}, 'aastra.cfg')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'aastra')
        config = clean(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_accounts'] = self._aastra_accounts(config, model)
        config['XX_transport'] = self._TRANSPORTS.get(config.get('sip_transport'), '1')
        config['XX_dtmf'] = self._DTMF_TYPES.get(config.get('sip_dtmf_mode'), ('1', '0'))
        config['XX_keys'] = self._keys(config, model)
        config['XX_parkings'] = self._parkings(config)
        config['XX_log_level'] = self._LOG_LEVELS.get(config.get('syslog_level'), '3')
        config['XX_log_modules'] = self._LOG_MODULES
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        if config.get('locale') == 'fr_CA':
            config['XX_language'] = ('lang_fr_ca.txt', 'French')
        config['XX_tone'] = self._TONES.get(country)
        config['XX_time'] = self._time(config)
        config['XX_options'] = clean(device.get('options') or {})
        self._write(template, config, filename)

    def _aastra_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines', 9))
        for account in accounts:
            if account['enabled']:
                account['srtp'] = self._SRTP_MODES.get(account['srtp'], '0')
                account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], ('1', '0'))[1]
        return accounts

    def _keys(self, config, model):
        """Return every key of the phone in order, with the name of its parameters."""
        names = []
        for kind in ('prgkey', 'topsoftkey', 'softkey'):
            names += [f'{kind}{n}' for n in range(1, model.get(kind, 0) + 1)]
        funckeys = self._by_number(config['funckeys'])
        used = max(funckeys, default=0)
        per_module = self._MODULE_KEYS.get(model.get('module'), 0)
        for module in range(1, self._MODULES + 1):
            if len(names) >= used:
                break
            names += [f'expmod{module} key{n}' for n in range(1, per_module + 1)]
        if used > len(names):
            logger.info('function keys above %d do not fit the phone', len(names))
        keys = []
        for no, name in enumerate(names, start=1):
            key = {'name': name, 'type': 'none', 'value': '', 'label': '', 'line': '1'}
            if no in funckeys:
                self._set_key(config, key, funckeys[no])
            keys.append(key)
        return keys

    def _set_key(self, config, key, funckey):
        key['type'] = self._KEY_TYPES.get(funckey['type'], 'none')
        value = funckey.get('value') or ''
        key['value'] = value
        key['label'] = funckey.get('label') or value
        key['line'] = funckey.get('line') or '1'

    def _parkings(self, config):
        """Return the number to park at by the number of the line.

        A key that parks takes the number of its line; the first one wins.
        """
        parkings = {}
        for funckey in self._by_number(config['funckeys']).values():
            if funckey['type'] == 'park' and funckey.get('value'):
                # A semicolon would begin another part.
                value = funckey['value'].replace(';', '')
                parkings.setdefault(str(funckey.get('line') or '1'), value)
        return parkings

    def _time(self, config):
        """Return the time zone as a zone of its own, which has no name."""
        zone = self._zone(config)
        if not zone:
            return None
        time = {'minutes': -zone['minutes'], 'changes': []}
        if zone['dst']:
            time['save'] = zone['dst']['minutes']
            for name, change in (
                ('start', zone['dst']['start']),
                ('end', zone['dst']['end']),
            ):
                time['changes'].append(
                    {
                        'name': name,
                        'month': change['month'],
                        # The last week is -1, and the first day is Sunday.
                        'week': -1 if change['week'] == 5 else change['week'],
                        'weekday': change['weekday'] % 7 + 1,
                        'hour': min(change['hour'], 23),
                    }
                )
        return time

    def _filename(self, device):
        return format_mac(device['mac'], separator='', uppercase=True) + '.cfg'

    def deconfigure(self, device):
        if 'mac' not in device:
            return
        try:
            os.remove(os.path.join(self._tftpboot_dir, self._filename(device)))
        except OSError as e:
            logger.info('no file to remove: %s', e)

    def synchronize(self, device, raw_config):
        return synchronize.standard_sip_synchronize(device)

    def get_remote_state_trigger_filename(self, device):
        if 'mac' not in device:
            return None
        return self._filename(device)

    def is_sensitive_filename(self, filename):
        return bool(self._SENSITIVE.match(filename))

    # helpers

    def _check(self, device, raw_config):
        if 'http_port' not in raw_config:
            raise RawConfigError('these phones are configured over HTTP only')
        if 'mac' not in device:
            raise Exception('the device has no MAC address')

    def _write(self, template, config, filename):
        path = os.path.join(self._tftpboot_dir, filename)
        self._templates.dump(template, config, path, self._ENCODING)

    def _server_url(self, config):
        url = config.get('http_base_url')
        if url:
            return url
        return f'http://{config.get("ip")}:{config.get("http_port")}'

    def _by_number(self, mapping):
        """Return the entries of sip_lines or funckeys in order of their number."""
        return dict(sorted((int(no), entry) for no, entry in mapping.items()))

    def _accounts(self, config, count):
        """Return the accounts in order, used or not; all lines with no count."""
        lines = self._by_number(config['sip_lines'])
        if not count:
            count = max(lines, default=1)
        if max(lines, default=0) > count:
            logger.info('lines above %d do not fit the phone', count)
        accounts = []
        for no in range(1, count + 1):
            if no in lines:
                accounts.append(self._account(config, no, lines[no]))
            else:
                accounts.append({'no': no, 'enabled': False})
        return accounts

    def _account(self, config, no, line):
        def setting(name, default=''):
            value = line.get(name)
            if value is None:
                value = config.get('sip_' + name)
            return default if value is None else value

        username = line.get('username') or ''
        transport = config.get('sip_transport') or 'udp'
        port = 5061 if transport == 'tls' else 5060
        return {
            'no': no,
            'enabled': True,
            'number': line.get('number') or '',
            'label': line.get('number') or line.get('display_name') or username,
            'display_name': line.get('display_name') or '',
            'username': username,
            'auth_username': line.get('auth_username') or username,
            'password': line.get('password') or '',
            'server': setting('proxy_ip') or setting('registrar_ip'),
            'port': setting('proxy_port') or setting('registrar_port') or port,
            'registrar': setting('registrar_ip') or setting('proxy_ip'),
            'registrar_port': setting('registrar_port')
            or setting('proxy_port')
            or port,
            'backup_server': setting('backup_proxy_ip')
            or setting('backup_registrar_ip'),
            'backup_port': setting('backup_proxy_port')
            or setting('backup_registrar_port')
            or port,
            'outbound_proxy': setting('outbound_proxy_ip'),
            'outbound_port': setting('outbound_proxy_port') or port,
            'transport': transport,
            'srtp': setting('srtp_mode', 'disabled'),
            'dtmf': setting('dtmf_mode', 'RTP-out-of-band'),
            'voicemail': line.get('voicemail') or config.get('exten_voicemail') or '',
        }

    def _zone(self, config):
        """Return the time zone: minutes east of Greenwich and its clock changes."""
        name = config.get('timezone')
        if not name:
            return None
        try:
            zone = tzinform.get_timezone_info(name)
        except tzinform.TimezoneNotFoundError:
            logger.info('unknown time zone %s', name)
            return None
        result = {'minutes': zone['utcoffset'].as_minutes, 'dst': None}
        dst = zone['dst']
        if dst:
            result['dst'] = {
                'start': self._change(dst['start']),
                'end': self._change(dst['end']),
                'minutes': dst['save'].as_minutes,
            }
        return result

    def _change(self, change):
        """Return a clock change by weekday: 1 is Monday, week 5 the last one.

        tzinform counts weeks of the calendar instead.
        """
        month = change['month']
        week, weekday = [int(n) for n in change['day'][1:].split('.')]
        year = datetime.datetime.utcnow().year
        weeks = calendar.monthcalendar(year, month)
        day = weeks[week - 1][weekday - 1]
        last = max(row[weekday - 1] for row in weeks)
        nth = 5 if day == last else (day - 1) // 7 + 1
        return {
            'month': month,
            'week': nth,
            'weekday': weekday,
            'hour': change['time'].as_hours,
        }
