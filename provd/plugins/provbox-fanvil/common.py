import calendar
import datetime
import logging
import os
import re
from xml.sax.saxutils import escape

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

logger = logging.getLogger('plugin.provbox-fanvil')

VENDOR = 'Fanvil'


def printable(c):
    return not (
        ord(c) < 32
        or 127 <= ord(c) < 160
        or 0xD800 <= ord(c) < 0xE000
        or c in '\u2028\u2029\ufffe\uffff'
    )


def clean(value):
    """Return a value whose strings are XML character data or attribute values.

    XML has no way to write control characters, and a phone that meets one drops
    the file.
    """
    if isinstance(value, str):
        text = ''.join(c if printable(c) else ' ' for c in value).strip()
        return escape(text, {'"': '&quot;', "'": '&apos;'})
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


class FanvilHTTPDeviceInfoExtractor:
    # "Fanvil X6U Pro 0.0.10 0c383e2cd782"
    _USER_AGENT = re.compile(
        r'^Fanvil ([VHXWi]\d{1,3}\w{0,3}(?:-V[12])?(?: ?Pro)?) ([\d.]+) ([\da-f]{12})$'
    )
    _PATH = re.compile(r'\b(?!0{12})([\da-f]{12})\.cfg$')

    def __init__(self, common_files):
        self._common_files = common_files

    def extract(self, request, request_type):
        info = self._from_path(request.path.decode('ascii', 'replace'))
        user_agent = request.getHeader(b'User-Agent')
        if user_agent:
            match = self._USER_AGENT.match(user_agent.decode('ascii', 'replace'))
            if match:
                model, version, mac = match.groups()
                info = {
                    'vendor': VENDOR,
                    'model': model.replace(' ', '-'),
                    'version': version,
                    'mac': norm_mac(mac),
                }
        return defer.succeed(info)

    def _from_path(self, path):
        """Recognise a phone by the file that it asks for first."""
        model = self._common_files.get(path.rpartition('/')[2])
        if model:
            return {'vendor': VENDOR, 'model': model}
        match = self._PATH.search(path)
        if match:
            # Phones of other vendors have files of such names too.
            return {'mac': norm_mac(match.group(1))}
        return None


class FanvilPgAssociator(BasePgAssociator):
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


class BaseFanvilPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'
    _FOLDER = 'Fanvil'

    # Names of the languages of the phone that are not those of ISO 639.
    _LANGUAGES = {
        'ar': 'ar',
        'ca': 'cat',
        'cs': 'cz',
        'de': 'de',
        'en': 'en',
        'es': 'es',
        'eu': 'eus',
        'fr': 'fr',
        'he': 'he',
        'hr': 'hr',
        'it': 'it',
        'ko': 'ko',
        'nl': 'nl',
        'pl': 'pl',
        'pt': 'pt',
        'ru': 'ru',
        'sk': 'slo',
        'tr': 'tr',
        'uk': 'ua',
        'zh': 'cn',
    }
    # Values of the tones of a country.
    _TONES = {
        'CA': '18',
        'DE': '2',
        'ES': '33',
        'FR': '25',
        'GB': '13',
        'IT': '21',
        'NL': '5',
        'US': '11',
    }
    _DTMF_TYPES = {'RTP-in-band': '0', 'RTP-out-of-band': '1', 'SIP-INFO': '2'}
    _TRANSPORTS = {'udp': '0', 'tcp': '1', 'tls': '3'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    # Name and number of the levels of the log.
    _SYSLOG_LEVELS = {
        'critical': ('FATAL', '1'),
        'error': ('ERROR', '2'),
        'warning': ('WARN', '3'),
        'info': ('INFO', '4'),
        'debug': ('DEBUG', '5'),
    }
    # A key that remembers a number, a key of a line, a key with a URL.
    _KEY_NONE, _KEY_MEMORY, _KEY_LINE = '0', '1', '2'
    # Most keys that are written for a phone of an unknown model.
    _MOST_KEYS = 120

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        # The phones are told to look into a folder.
        root = self._tftpboot_dir
        self._tftpboot_dir = os.path.join(root, self._FOLDER)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(root)

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean(raw_config))}
        for filename, model in sorted(self._COMMON_FILES.items()):
            # The other files ask for firmware, of which there is none.
            if not filename.endswith('.cfg'):
                continue
            old = (self._MODELS.get(model) or {}).get('old')
            name = 'common/old.cfg.tpl' if old else 'common/model.cfg.tpl'
            self._write(self._templates.get_template(name), config, filename)

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        model = self._MODELS.get(device.get('model')) or {}
        # The newer form of the file goes with a newer form of the phonebook.
        plugins.add_xivo_phonebook_url(
            raw_config,
            'fanvil' if model.get('old') else 'fanvil-v2',
            entry_point='lookup',
            qs_suffix='term=',
        )
        plugins.add_wazo_phoned_user_service_url(raw_config, 'fanvil', 'dnd')
        config = clean(raw_config)
        config['XX_old'] = model.get('old', False)
        config['XX_accounts'] = self._fanvil_accounts(config, model)
        config['XX_pages'] = self._pages(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), ('WARN', '3')
        )
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_tone'] = self._TONES.get(country)
        config['XX_time'] = self._time(config)
        config['XX_options'] = clean(device.get('options') or {})
        self._write(template, config, filename)

    def _fanvil_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines'))
        for account in accounts:
            if not account['enabled']:
                continue
            account['transport'] = self._TRANSPORTS.get(account['transport'], '0')
            account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], '1')
            account['srtp'] = self._SRTP_MODES.get(account['srtp'], '0')
            if account['password'] == 'autoprov':
                # What provd writes for a phone without an account.
                account['password'] = ''
        return accounts

    def _pages(self, config, model):
        """Return the keys in pages of as many as the phone shows at once."""
        funckeys = self._by_number(config['funckeys'])
        lines = self._by_number(config['sip_lines'])
        top = model.get('keys', min(max(funckeys, default=0), self._MOST_KEYS))
        if max(funckeys, default=0) > top:
            logger.info('function keys above %d do not fit the phone', top)
        size = model.get('page') or max(top, 1)
        pages = []
        for no in range(1, top + 1):
            page, index = divmod(no - 1, size)
            if index == 0:
                pages.append({'no': page + 1, 'keys': []})
            key = {'no': no, 'index': index + 1, 'type': self._KEY_NONE}
            key['value'] = key['title'] = ''
            if no in funckeys:
                self._set_key(config, key, funckeys[no])
            elif no in lines:
                key['type'], key['value'] = self._KEY_LINE, f'SIP{no}'
                key['title'] = lines[no].get('number') or ''
            pages[-1]['keys'].append(key)
        return pages

    def _set_key(self, config, key, funckey):
        # An at sign or a slash in the number would begin another part.
        value = re.sub('[@/]', '', funckey.get('value') or '')
        number = f'{value}@{funckey.get("line") or 1}'
        if funckey['type'] == 'speeddial':
            key['value'] = number + '/f'
        elif funckey['type'] == 'park':
            key['value'] = number + '/c'
        elif funckey['type'] == 'blf':
            key['value'] = number + '/ba'
            pickup = config.get('exten_pickup_call')
            if pickup:
                key['value'] += pickup + value
        else:
            logger.info('no key of type %s on these phones', funckey['type'])
            return
        key['type'] = self._KEY_MEMORY
        key['title'] = funckey.get('label') or value

    def _time(self, config):
        """Return the time zone in quarters of an hour, and its clock changes."""
        zone = self._zone(config)
        if not zone:
            return None
        minutes = zone['minutes']
        hours, rest = divmod(abs(minutes), 60)
        if minutes < 0:
            name = f'UTC-{hours:02d}'
        else:
            name = f'UTC+{hours}' if minutes else 'UCT'
        if rest:
            name += f':{rest:02d}'
        time = {'quarters': minutes // 15, 'name': name, 'changes': []}
        if zone['dst']:
            time['save'] = zone['dst']['minutes']
            for name, change in (
                ('Start', zone['dst']['start']),
                ('End', zone['dst']['end']),
            ):
                time['changes'].append(
                    {
                        'name': name,
                        'month': change['month'],
                        'hour': min(change['hour'], 23),
                        # The first day of the week is 0, Sunday.
                        'weekday': change['weekday'] % 7,
                        'week': -1 if change['week'] == 5 else change['week'],
                    }
                )
        return time

    def _filename(self, device):
        return format_mac(device['mac'], separator='') + '.cfg'

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
