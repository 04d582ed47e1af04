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

logger = logging.getLogger('plugin.provbox-polycom')

VENDOR = 'Polycom'


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


class PolycomHTTPDeviceInfoExtractor:
    # "FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078", "FileTransport
    # PolycomVVX-VVX_400-UA/4.1.4.7430 Type/Application"
    _USER_AGENT = re.compile(r'^FileTransport Polycom\w+-(\w*?)-UA/([\d.]+)')
    _PATH = re.compile(
        r'/(?!0{12})([\da-f]{12})'
        r'(?:(?:-user|-phone|-license)?\.cfg|-(?:boot|app)\.log|-directory\.xml)$'
    )
    # Files that the application asks for; the other ones come first, from a boot
    # ROM that tells the version of itself.
    _APPLICATION_PATH = re.compile(
        r'/(?:common\.cfg|phone1\.cfg|sip\.cfg'
        r'|[\da-f]{12}-(?:phone\.cfg|license\.cfg|directory\.xml|app\.log))$'
    )

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if not user_agent:
            return defer.succeed(None)
        match = self._USER_AGENT.match(user_agent.decode('ascii', 'replace'))
        if not match:
            return defer.succeed(None)
        info = {'vendor': VENDOR, 'model': match.group(1).replace('_', '')}
        path = request.path.decode('ascii', 'replace')
        if self._APPLICATION_PATH.search(path):
            info['version'] = match.group(2)
        match = self._PATH.search(path)
        if match:
            info['mac'] = norm_mac(match.group(1))
        return defer.succeed(info)


class PolycomPgAssociator(BasePgAssociator):
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


class BasePolycomPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'

    # Folders of the languages of the phone.
    _LANGUAGES = {
        'da_DK': 'Danish_Denmark',
        'de_DE': 'German_Germany',
        'en_CA': 'English_Canada',
        'en_GB': 'English_United_Kingdom',
        'en_US': 'English_United_States',
        'es_ES': 'Spanish_Spain',
        'fr_CA': 'French_France',
        'fr_FR': 'French_France',
        'it_IT': 'Italian_Italy',
        'ja_JP': 'Japanese_Japan',
        'ko_KR': 'Korean_Korea',
        'nl_NL': 'Dutch_Netherlands',
        'no_NO': 'Norwegian_Norway',
        'pl_PL': 'Polish_Poland',
        'pt_PT': 'Portuguese_Portugal',
        'ru_RU': 'Russian_Russia',
        'sl_SI': 'Slovenian_Slovenia',
        'sv_SE': 'Swedish_Sweden',
        'zh_CN': 'Chinese_China',
    }
    # By language, for a country that has no folder.
    _OTHER_LANGUAGES = {
        'da': 'Danish_Denmark',
        'de': 'German_Germany',
        'en': 'English_United_States',
        'es': 'Spanish_Spain',
        'fr': 'French_France',
        'it': 'Italian_Italy',
        'nl': 'Dutch_Netherlands',
        'pl': 'Polish_Poland',
        'pt': 'Portuguese_Portugal',
        'ru': 'Russian_Russia',
        'sv': 'Swedish_Sweden',
    }
    # In band, as RFC 2833 events, as SIP INFO
    _DTMF_TYPES = {
        'RTP-in-band': ('1', '0', '0'),
        'RTP-out-of-band': ('1', '1', '0'),
        'SIP-INFO': ('0', '0', '1'),
    }
    _TRANSPORTS = {'udp': 'UDPOnly', 'tcp': 'TCPOnly', 'tls': 'TLS'}
    # enable, offer, require
    _SRTP_MODES = {
        'disabled': ('0', '0', '0'),
        'preferred': ('1', '1', '0'),
        'required': ('1', '1', '1'),
    }
    _SYSLOG_LEVELS = {
        'critical': '5',
        'error': '4',
        'warning': '3',
        'info': '2',
        'debug': '1',
    }
    # Keys of all expansion modules of one phone.
    _MODULE_KEYS = 40
    _SENSITIVE = re.compile(r'^[0-9a-f]{12}-user\.cfg$')

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    http_dev_info_extractor = PolycomHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        template = self._templates.get_template('common/common.cfg.tpl')
        self._write(template, clean(raw_config), 'common.cfg')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'polycom')
        config = clean(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_accounts'] = self._polycom_accounts(config, model)
        dtmf = config.get('sip_dtmf_mode')
        config['XX_dtmf'] = self._DTMF_TYPES.get(
            dtmf, self._DTMF_TYPES['RTP-out-of-band']
        )
        config['XX_srtp'] = self._SRTP_MODES.get(
            config.get('sip_srtp_mode'), self._SRTP_MODES['disabled']
        )
        self._add_keys(config, model)
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), '3'
        )
        locale = config.get('locale') or ''
        config['XX_language'] = self._LANGUAGES.get(
            locale, self._OTHER_LANGUAGES.get(locale.partition('_')[0])
        )
        config['XX_time'] = self._time(config)
        config['XX_options'] = clean(device.get('options') or {})
        self._write(template, config, filename)

    def _polycom_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines'))
        for account in accounts:
            if account['enabled']:
                account['transport'] = self._TRANSPORTS.get(
                    account['transport'], 'UDPOnly'
                )
                account['srtp'] = self._SRTP_MODES.get(
                    account['srtp'], self._SRTP_MODES['disabled']
                )
        return accounts

    def _add_keys(self, config, model):
        """Give every key a category, and a number in the list of that category.

        Watched lines are in the list of attendants. Speed dials and parkings are
        in the list of macros, as a speed dial of its own kind would be in the
        user's contacts, which are not ours.
        """
        funckeys = self._by_number(config['funckeys'])
        top = model.get('keys', 0)
        if model.get('modules'):
            top += model['modules'] * self._MODULE_KEYS
        elif not model:
            top = max(funckeys, default=0)
        if max(funckeys, default=0) > top:
            logger.info('function keys above %d do not fit the phone', top)
        keys, watched, macros = [], [], []
        for no, funckey in funckeys.items():
            if no > top:
                continue
            value = funckey.get('value') or ''
            entry = {'value': value, 'label': funckey.get('label') or value}
            if funckey['type'] == 'blf':
                watched.append(entry)
                entry['category'], entry['index'] = 'BLF', len(watched)
            elif funckey['type'] in ('speeddial', 'park'):
                # A dollar sign would begin another step of the macro.
                entry['value'] = value.replace('$', '')
                macros.append(entry)
                entry['category'], entry['index'] = 'EFK', len(macros)
            else:
                logger.info('no key of type %s on these phones', funckey['type'])
                continue
            entry['no'] = no
            keys.append(entry)
        # Once keys are assigned, a line without a key has none.
        taken = {key['no'] for key in keys}
        free = (no for no in range(1, max(top, 1) + 1) if no not in taken)
        for account in config['XX_accounts']:
            if keys and account['enabled']:
                no = account['no'] if account['no'] not in taken else next(free, None)
                if no is None:
                    break
                taken.add(no)
                keys.append({'no': no, 'category': 'Line', 'index': account['no']})
        config['XX_keys'] = sorted(keys, key=lambda key: key['no'])
        config['XX_watched'] = watched
        config['XX_macros'] = macros

    def _time(self, config):
        zone = self._zone(config)
        if not zone:
            return None
        time = {'offset': zone['minutes'] * 60, 'changes': []}
        if zone['dst']:
            for name, change in (
                ('start', zone['dst']['start']),
                ('stop', zone['dst']['end']),
            ):
                time['changes'].append(
                    {
                        'name': name,
                        'month': change['month'],
                        'hour': change['hour'],
                        # The first day of the week is Sunday.
                        'weekday': change['weekday'] % 7 + 1,
                        'last': '1' if change['week'] == 5 else '0',
                        'date': (change['week'] - 1) * 7 + 1,
                    }
                )
        return time

    def _filename(self, device):
        return format_mac(device['mac'], separator='') + '-user.cfg'

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
