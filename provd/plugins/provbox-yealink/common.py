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

logger = logging.getLogger('plugin.provbox-yealink')

VENDOR = 'Yealink'


def clean(value):
    """Return a value whose strings fit on one line of a configuration file.

    The file format has no quoting: a line break would begin another parameter.
    """
    if isinstance(value, str):
        return ''.join(
            ' ' if ord(c) < 32 or 127 <= ord(c) < 160 or c in '\u2028\u2029' else c
            for c in value
        ).strip()
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


class YealinkHTTPDeviceInfoExtractor:
    # "Yealink SIP-T54W 96.86.0.45 80:5e:c0:00:00:01", "yealink W60B 77.85.0.20
    # ...", "Yealink SIP VP-T49G ...", "VP530P 23.70.0.40 ..."
    _CURRENT = re.compile(
        r'^(?:[Yy]ealink\s+(?:SIP(?: VP)?-)?|(?=VP530))(\w+)\s+([\d.]+)\s+([\da-fA-F:]{17})$'
    )
    # "Yealink-T20P 9.72.0.30 9.72.0.30": the oldest firmware tells no address
    _OLDEST = re.compile(r'[Yy]ealink-(\w+)\s+([\d.]+)\s+[\d.]+$')

    # A phone fresh from the box of some firmware asks without a User-Agent. Its
    # file name is only trusted when it begins with an address block of Yealink.
    _OUIS = (
        '001565',
        '249ad8',
        '3497d7',
        '44dbd2',
        '644f56',
        '805e0c',
        '805ec0',
        'b061a9',
        'c4fc22',
        'e434d7',
        'ec1da9',
        'f01653',
    )
    _PATH = re.compile(r'^/([\da-fA-F]{12})\.\w{3}$')

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if user_agent:
            info = self._from_user_agent(user_agent.decode('ascii', 'replace'))
        else:
            info = self._from_path(request.path.decode('ascii', 'replace'))
        return defer.succeed(info)

    def _from_user_agent(self, user_agent):
        match = self._CURRENT.match(user_agent)
        if match:
            model, version, mac = match.groups()
            info = {'vendor': VENDOR, 'model': model, 'version': version}
            try:
                info['mac'] = norm_mac(mac)
            except ValueError as e:
                logger.info('no MAC address in %r: %s', user_agent, e)
            return info
        match = self._OLDEST.search(user_agent)
        if match:
            return {
                'vendor': VENDOR,
                'model': match.group(1),
                'version': match.group(2),
            }
        return None

    def _from_path(self, path):
        match = self._PATH.match(path)
        if match and match.group(1).startswith(self._OUIS):
            return {'vendor': VENDOR, 'mac': norm_mac(match.group(1))}
        return None


class YealinkPgAssociator(BasePgAssociator):
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


class BaseYealinkPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'

    # Names of the languages of the phone and of its web page.
    _LANGUAGES = {
        'de': 'German',
        'en': 'English',
        'es': 'Spanish',
        'fr': 'French',
        'it': 'Italian',
        'nl': 'Dutch',
        'pl': 'Polish',
        'pt': 'Portuguese',
        'ru': 'Russian',
        'tr': 'Turkish',
    }
    # Values of voice.tone.country.
    _TONES = {
        'AT': 'Austria',
        'AU': 'Australia',
        'BE': 'Belgium',
        'BR': 'Brazil',
        'CA': 'United States',
        'CH': 'Switzerland',
        'CL': 'Chile',
        'CN': 'China',
        'CZ': 'Czech',
        'DE': 'Germany',
        'DK': 'Denmark',
        'ES': 'Spain',
        'FI': 'Finland',
        'FR': 'France',
        'GB': 'Great Britain',
        'GR': 'Greece',
        'HU': 'Hungary',
        'IN': 'India',
        'IT': 'Italy',
        'JP': 'Japan',
        'LT': 'Lithuania',
        'MX': 'Mexico',
        'NL': 'Netherlands',
        'NO': 'Norway',
        'NZ': 'New Zealand',
        'PT': 'Portugal',
        'RU': 'Russia',
        'SE': 'Sweden',
        'US': 'United States',
    }
    # The languages of a DECT handset are numbers.
    _HANDSET_LANGUAGES = {
        'de': '2',
        'en': '0',
        'es': '6',
        'fr': '1',
        'it': '3',
        'nl': '10',
        'pl': '7',
        'pt': '9',
        'ru': '14',
        'tr': '4',
    }
    _DTMF_TYPES = {'RTP-in-band': '0', 'RTP-out-of-band': '1', 'SIP-INFO': '2'}
    _TRANSPORTS = {'udp': '0', 'tcp': '1', 'tls': '2'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    _SYSLOG_LEVELS = {
        'critical': '2',
        'error': '3',
        'warning': '4',
        'info': '6',
        'debug': '6',
    }
    # Keys of an expansion module, and how many modules one phone takes.
    _MODULES = {
        'EXP20': (40, 6),
        'EXP40': (40, 6),
        'EXP43': (60, 3),
        'EXP50': (60, 3),
    }
    # Values of the type of a key.
    _KEY_NONE = '0'
    _KEY_TYPES = {'park': '10', 'speeddial': '13', 'line': '15', 'blf': '16'}
    _SENSITIVE = re.compile(r'^[0-9a-f]{12}\.cfg')

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    http_dev_info_extractor = YealinkHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean(raw_config))}
        template = self._templates.get_template('common/model.cfg.tpl')
        for number in sorted({m['common'] for m in self._MODELS.values() if 'common' in m}):
            self._write(template, config, f'y{int(number):012d}.cfg')

    # files of one phone

    def configure(self, device, raw_config):
        if 'http_port' not in raw_config:
            raise RawConfigError('these phones are configured over HTTP only')
        if 'mac' not in device:
            raise Exception('the device has no MAC address')
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(
            raw_config, 'yealink', entry_point='lookup', qs_suffix='term=#SEARCH'
        )
        plugins.add_wazo_phoned_user_service_url(raw_config, 'yealink', 'dnd')
        config = clean(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_accounts'] = self._accounts(config, model)
        config['XX_keys'] = self._keys(config, model)
        config['XX_handsets'] = self._handsets(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), '4'
        )
        self._add_locale(config)
        self._add_timezone(config)
        config['XX_options'] = clean(device.get('options') or {})
        self._write(template, config, filename)

    def _write(self, template, config, filename):
        path = os.path.join(self._tftpboot_dir, filename)
        self._templates.dump(template, config, path, self._ENCODING)

    def _server_url(self, config):
        url = config.get('http_base_url')
        if url:
            return url
        return f'http://{config.get("ip")}:{config.get("http_port")}'

    def _accounts(self, config, model):
        """Return every account of the phone in order, used or not."""
        lines = {int(no): line for no, line in config['sip_lines'].items()}
        count = model.get('accounts') or max(lines, default=1)
        accounts = []
        for no in range(1, count + 1):
            line = lines.get(no)
            if line is None:
                accounts.append({'no': no, 'enabled': False})
                continue
            accounts.append(self._account(config, no, line))
        return accounts

    def _account(self, config, no, line):
        def setting(name, default=''):
            value = line.get(name)
            if value is None:
                value = config.get('sip_' + name)
            return default if value is None else value

        username = line.get('username') or ''
        return {
            'no': no,
            'enabled': True,
            'label': line.get('number') or line.get('display_name') or username,
            'display_name': line.get('display_name') or '',
            'username': username,
            'auth_username': line.get('auth_username') or username,
            'password': line.get('password') or '',
            'server': setting('registrar_ip') or setting('proxy_ip'),
            'port': setting('registrar_port') or setting('proxy_port') or 5060,
            'backup_server': setting('backup_registrar_ip')
            or setting('backup_proxy_ip'),
            'backup_port': setting('backup_registrar_port')
            or setting('backup_proxy_port')
            or 5060,
            'outbound_proxy': setting('outbound_proxy_ip'),
            'outbound_port': setting('outbound_proxy_port') or 5060,
            'transport': self._TRANSPORTS.get(config.get('sip_transport'), '0'),
            'srtp': self._SRTP_MODES.get(setting('srtp_mode'), '0'),
            'dtmf': self._DTMF_TYPES.get(setting('dtmf_mode'), '1'),
            'voicemail': line.get('voicemail') or config.get('exten_voicemail') or '',
        }

    def _keys(self, config, model):
        """Return every key of the phone in order, with the name of its parameters."""
        funckeys = {int(no): key for no, key in config['funckeys'].items()}
        lines = {int(no): line for no, line in config['sip_lines'].items()}
        names = [f'linekey.{n}' for n in range(1, model.get('keys', 0) + 1)]
        per_module, modules = self._MODULES.get(model.get('modules'), (0, 0))
        used = max(funckeys, default=0)
        for module in range(1, modules + 1):
            if len(names) >= used:
                break
            names += [
                f'expansion_module.{module}.key.{n}' for n in range(1, per_module + 1)
            ]
        if used > len(names):
            logger.info('function keys above %d do not fit the phone', len(names))
        keys = []
        for no, name in enumerate(names, start=1):
            if no in funckeys:
                keys.append(self._key(config, name, funckeys[no]))
            elif no in lines:
                number = lines[no].get('number') or ''
                keys.append(self._plain_key(name, 'line', no, number, number))
            else:
                keys.append(self._plain_key(name, None, '', '', ''))
        return keys

    def _key(self, config, name, funckey):
        value = funckey.get('value') or ''
        key = self._plain_key(
            name,
            funckey['type'],
            funckey.get('line') or 1,
            value,
            funckey.get('label') or value,
        )
        if funckey['type'] == 'blf':
            key['extension'] = config.get('exten_pickup_call') or ''
        return key

    def _plain_key(self, name, type_, line, value, label):
        return {
            'name': name,
            'type': self._KEY_TYPES.get(type_, self._KEY_NONE),
            'line': line,
            'value': value,
            'label': label,
        }

    def _handsets(self, config, model):
        """Return the handsets of a base station that have an account."""
        count = model.get('handsets', 0)
        return [
            {'no': account['no'], 'name': account['display_name'] or account['label']}
            for account in config['XX_accounts']
            if account['enabled'] and account['no'] <= count
        ]

    def _add_locale(self, config):
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_handset_language'] = self._HANDSET_LANGUAGES.get(language)
        config['XX_tone'] = self._TONES.get(country)

    def _add_timezone(self, config):
        config['XX_time'] = None
        if not config.get('timezone'):
            return
        try:
            zone = tzinform.get_timezone_info(config['timezone'])
        except tzinform.TimezoneNotFoundError:
            logger.info('unknown time zone %s', config['timezone'])
            return
        minutes = zone['utcoffset'].as_minutes
        hours, rest = divmod(abs(minutes), 60)
        offset = ('-' if minutes < 0 else '+') + str(hours)
        if rest:
            offset += f':{rest:02d}'
        time = {'offset': offset, 'summer': '0'}
        dst = zone['dst']
        if dst:
            time['summer'] = '1'
            time['start'] = self._change(dst['start'])
            time['end'] = self._change(dst['end'])
            time['save'] = dst['save'].as_minutes
        config['XX_time'] = time

    def _change(self, change):
        """Return a clock change as month/week/weekday/hour.

        The week counts the weekday in the month and 5 is the last one, while
        tzinform counts weeks of the calendar.
        """
        month, hour = change['month'], change['time'].as_hours
        week, weekday = [int(n) for n in change['day'][1:].split('.')]
        year = datetime.datetime.utcnow().year
        weeks = calendar.monthcalendar(year, month)
        day = weeks[week - 1][weekday - 1]
        last = max(row[weekday - 1] for row in weeks)
        nth = 5 if day == last else (day - 1) // 7 + 1
        return f'{month}/{nth}/{weekday}/{hour}'

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

    def is_sensitive_filename(self, filename):
        return bool(self._SENSITIVE.match(filename))
