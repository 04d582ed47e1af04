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

logger = logging.getLogger('plugin.provbox-snom')

VENDOR = 'Snom'


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


class SnomHTTPDeviceInfoExtractor:
    # "Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12
    # 000413741767)", "... snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5
    # 000413922D24 SXM:0 UXM:0)"; firmware before 8.7.5 tells no address
    _DESK = re.compile(r'\bsnom(\w+)-SIP ([\d.]+)')
    _DESK_MAC = re.compile(r'\bsnom\w+-SIP\s[\d.]+\s.+\s([\dA-F]{12})\b')
    # "Mozilla/4.0 (compatible; Snom M900 05.20.0001 000413b60680)"
    _DECT = re.compile(r'\b[sS]nom ?(M\d{3}) ([\d.]+) ([\da-fA-F]{12})\b')
    _PATH = re.compile(r'\bsnom\w+-([\dA-F]{12})\.htm$')

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        info = {}
        if user_agent:
            info = self._from_user_agent(user_agent.decode('ascii', 'replace'))
        if not info:
            # The address in a query says nothing about who asks.
            return defer.succeed(None)
        self._add_mac(request, info)
        return defer.succeed(info)

    def _from_user_agent(self, user_agent):
        match = self._DECT.search(user_agent)
        if match:
            model, version, mac = match.groups()
            return {
                'vendor': VENDOR,
                'model': model,
                'version': version,
                'mac': norm_mac(mac),
            }
        match = self._DESK.search(user_agent)
        if not match:
            return {}
        info = {'vendor': VENDOR, 'model': match.group(1), 'version': match.group(2)}
        match = self._DESK_MAC.search(user_agent)
        if match:
            info['mac'] = norm_mac(match.group(1))
        return info

    def _add_mac(self, request, info):
        """Add the address of a phone that asks for the file of one address."""
        match = self._PATH.search(request.path.decode('ascii', 'replace'))
        if match:
            info['mac'] = norm_mac(match.group(1))
        elif 'mac' not in info:
            mac = request.args.get(b'mac', [b''])[0].decode('ascii', 'replace')
            try:
                info['mac'] = norm_mac(mac)
            except ValueError:
                logger.debug('no MAC address in the query: %r', mac)


class SnomPgAssociator(BasePgAssociator):
    # The scores stay below those of a package that was made for the very
    # firmware of the phone, so that such a package takes over once installed.
    def __init__(self, models):
        self._models = models

    def _do_associate(self, vendor, model, version):
        if vendor != VENDOR:
            return DeviceSupport.IMPROBABLE
        if self._too_old(model, version):
            # These read no XML.
            return DeviceSupport.NONE
        if model in self._models:
            return DeviceSupport.INCOMPLETE
        return DeviceSupport.PROBABLE

    def _too_old(self, model, version):
        if version is None or (self._models.get(model) or {}).get('dect'):
            return False
        major = version.partition('.')[0]
        return major.isdigit() and int(major) < 7


class BaseSnomPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'

    # Names of the languages of the phone and of its web page.
    _LANGUAGES = {
        'de': 'Deutsch',
        'en': 'English',
        'es': 'Español',
        'fr': 'Français',
        'it': 'Italiano',
        'nl': 'Nederlands',
        'pl': 'Polski',
        'pt': 'Português',
        'ru': 'Русский',
        'tr': 'Türkçe',
    }
    # Values of tone_scheme.
    _TONES = {
        'AU': 'AUS',
        'AT': 'AUT',
        'CA': 'USA',
        'CH': 'SWI',
        'CN': 'CHN',
        'DE': 'GER',
        'DK': 'DNK',
        'ES': 'ESP',
        'FR': 'FRA',
        'GB': 'GBR',
        'IN': 'IND',
        'IT': 'ITA',
        'JP': 'JPN',
        'MX': 'MEX',
        'NL': 'NLD',
        'NO': 'NOR',
        'NZ': 'NZL',
        'SE': 'SWE',
        'US': 'USA',
    }
    _DTMF_TYPES = {
        'RTP-in-band': 'off',
        'RTP-out-of-band': 'off',
        'SIP-INFO': 'sip_info_only',
    }
    # user_srtp and user_savp
    _SRTP_MODES = {
        'disabled': ('off', 'off'),
        'preferred': ('on', 'optional'),
        'required': ('on', 'mandatory'),
    }
    _LOG_LEVELS = {
        'critical': '2',
        'error': '3',
        'warning': '4',
        'info': '6',
        'debug': '9',
    }
    # Keys of one expansion module.
    _MODULE_KEYS = 18
    _SENSITIVE = re.compile(r'^[0-9A-F]{12}\.xml')

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    http_dev_info_extractor = SnomHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean(raw_config))}
        template = self._templates.get_template('common/model.htm.tpl')
        for model in sorted(self._MODELS):
            self._write(template, config, f'snom{model}.htm')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'snom', entry_point='input')
        config = clean(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_dect'] = model.get('dect', False)
        config['XX_accounts'] = self._snom_accounts(config, model)
        config['XX_servers'] = self._servers(config['XX_accounts'])
        config['XX_keys'] = self._keys(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_log_level'] = self._LOG_LEVELS.get(config.get('syslog_level'), '4')
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_tone'] = self._TONES.get(country)
        config['XX_time'] = self._time(config)
        config['XX_options'] = clean(device.get('options') or {})
        self._write(template, config, filename)
        if 'model' in device:
            config['XX_filename'] = filename
            pointer = self._templates.get_template('other/device.htm.tpl')
            self._write(pointer, config, self._pointer(device))

    def _snom_accounts(self, config, model):
        """Return the identities; those of backup servers take the last ones."""
        accounts = self._accounts(config, model.get('lines'))
        for account in accounts:
            if account['enabled']:
                srtp = self._SRTP_MODES.get(account['srtp'], ('off', 'off'))
                account['srtp'], account['savp'] = srtp
                account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], 'off')
        if model.get('dect'):
            return accounts
        free = [account['no'] for account in accounts if not account['enabled']]
        for account in list(accounts):
            if not account['enabled'] or not account['backup_server'] or not free:
                continue
            no = free.pop()
            account['failover'] = no
            backup = dict(account)
            backup['no'] = no
            backup['hidden'] = True
            backup['server'] = account['backup_server']
            backup['port'] = account['backup_port']
            backup['failover'] = None
            accounts[no - 1] = backup
        return accounts

    def _servers(self, accounts):
        """Return the servers of a base station; accounts refer to one by number."""
        servers = []
        for account in accounts:
            if not account['enabled']:
                continue
            server = {
                'host': account['server'],
                'port': account['port'],
                'outbound_proxy': account['outbound_proxy'],
                'outbound_port': account['outbound_port'],
                'backup_server': account['backup_server'],
                'backup_port': account['backup_port'],
                'transport': account['transport'],
                'srtp': account['srtp'],
                'savp': account['savp'],
                'dtmf': account['dtmf'],
            }
            # A base station knows ten servers.
            if server not in servers and len(servers) < 10:
                servers.append(server)
            account['server_no'] = servers.index(server) + 1 if server in servers else 1
        return servers

    def _keys(self, config, model):
        """Return every key of the phone in order, as far as the last one used."""
        funckeys = self._by_number(config['funckeys'])
        lines = self._by_number(config['sip_lines'])
        count = model.get('keys', max(funckeys, default=0))
        top = count + model.get('modules', 0) * self._MODULE_KEYS
        used = max(funckeys, default=0)
        if used > top:
            logger.info('function keys above %d do not fit the phone', top)
        keys = []
        for no in range(1, min(top, max(count, used)) + 1):
            # The index of the first key is 0.
            key = {'index': no - 1, 'context': 'active', 'label': '', 'value': 'line'}
            if no in funckeys:
                self._set_key(config, key, funckeys[no])
            elif no in lines:
                key['context'] = no
                key['label'] = lines[no].get('number') or ''
            elif no > 1:
                key['value'] = 'none'
            keys.append(key)
        return keys

    def _set_key(self, config, key, funckey):
        value = funckey.get('value') or ''
        key['context'] = funckey.get('line') or 'active'
        key['label'] = funckey.get('label') or value
        if funckey['type'] == 'speeddial':
            key['value'] = f'speed {value}'
        elif funckey['type'] == 'park':
            key['value'] = f'orbit {value}'
        elif funckey['type'] == 'blf':
            pickup = config.get('exten_pickup_call')
            key['value'] = f'blf {value}|{pickup}' if pickup else f'blf {value}'

    def _time(self, config):
        """Return the time zone in the phone's form: seconds, and a rule."""
        zone = self._zone(config)
        if not zone:
            return None
        time = {'offset': zone['minutes'] * 60, 'dst': ''}
        if zone['dst']:
            start, end = [
                f'{c["month"]:02d}.{c["week"]:02d}.{c["weekday"]:02d} {c["hour"]:02d}:00:00'
                for c in (zone['dst']['start'], zone['dst']['end'])
            ]
            time['dst'] = f'{zone["dst"]["minutes"] * 60} {start} {end}'
        return time

    def _filename(self, device):
        return format_mac(device['mac'], separator='', uppercase=True) + '.xml'

    def _pointer(self, device):
        mac = format_mac(device['mac'], separator='', uppercase=True)
        model = re.sub(r'[^\w-]', '_', device['model'])
        return f'snom{model}-{mac}.htm'

    def deconfigure(self, device):
        if 'mac' not in device:
            return
        filenames = [self._filename(device)]
        if 'model' in device:
            filenames.append(self._pointer(device))
        for filename in filenames:
            try:
                os.remove(os.path.join(self._tftpboot_dir, filename))
            except OSError as e:
                logger.info('no file to remove: %s', e)

    def synchronize(self, device, raw_config):
        model = self._MODELS.get(device.get('model')) or {}
        reboot = 'true' if model.get('dect') else 'false'
        return synchronize.standard_sip_synchronize(
            device, event=f'check-sync;reboot={reboot}'
        )

    def get_remote_state_trigger_filename(self, device):
        # Without a model there is no file that names the one with the settings.
        if 'mac' not in device or 'model' not in device:
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
