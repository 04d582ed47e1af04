"""What the packages of all vendors share.

An entry.py executes this file and then the common.py of its vendor in one
namespace, so that what is defined here is defined there.
"""

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
    from wazo_provd.servers.tftp.service import TFTPFileService
    from wazo_provd.util import format_mac, norm_mac
except ImportError:
    # wazo-provd before 24.02
    from provd import plugins, synchronize, tzinform
    from provd.devices.config import RawConfigError
    from provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from provd.plugins import StandardPlugin, TemplatePluginHelper
    from provd.servers.http import HTTPNoListingFileService
    from provd.servers.tftp.service import TFTPFileService
    from provd.util import format_mac, norm_mac

from twisted.internet import defer

logger = logging.getLogger('plugin.provbox')


# Control characters, halves of pairs, and what some readers take for a line
# break or refuse. One expression is much faster than a look at each character.
_UNPRINTABLE = re.compile(
    r'[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]'
)


def clean_line(value):
    """Return a value whose strings fit on one line of a configuration file.

    File formats of lines have no quoting: a line break would begin another
    parameter.
    """
    if isinstance(value, str):
        return _UNPRINTABLE.sub(' ', value).strip()
    if isinstance(value, dict):
        return {k: clean_line(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean_line(v) for v in value]
    return value


def clean_xml(value):
    """Return a value whose strings are XML character data or attribute values.

    XML has no way to write control characters, and a phone that meets one drops
    the file.
    """
    if isinstance(value, str):
        return escape(clean_line(value), {'"': '&quot;', "'": '&apos;'})
    if isinstance(value, dict):
        return {k: clean_xml(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean_xml(v) for v in value]
    return value


class VendorPgAssociator(BasePgAssociator):
    # The scores stay below those of a package that was made for the very
    # firmware of the phone, so that such a package takes over once installed.
    def __init__(self, vendor, models):
        self._vendor = vendor
        self._models = models

    def _do_associate(self, vendor, model, version):
        if vendor != self._vendor:
            return DeviceSupport.IMPROBABLE
        if model in self._models:
            return DeviceSupport.INCOMPLETE
        return self._other_model(model)

    def _other_model(self, model):
        return DeviceSupport.PROBABLE


class BaseProvboxPlugin(StandardPlugin):
    _ENCODING = 'UTF-8'
    # The folder that the phones are told to look into.
    _FOLDER = ''
    # What is_sensitive_filename matches.
    _SENSITIVE = None

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        root = self._tftpboot_dir
        if self._FOLDER:
            self._tftpboot_dir = os.path.join(root, self._FOLDER)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(root)

    def deconfigure(self, device):
        if 'mac' not in device:
            return
        self._remove(self._filename(device))

    def _remove(self, filename):
        try:
            os.remove(os.path.join(self._tftpboot_dir, filename))
        except OSError as e:
            logger.info('no file to remove: %s', e)

    def synchronize(self, device, raw_config):
        return synchronize.standard_sip_synchronize(device)

    def get_remote_state_trigger_filename(self, device):
        if 'mac' not in device:
            return None
        return self._filename(device)

    def is_sensitive_filename(self, filename):
        return bool(self._SENSITIVE and self._SENSITIVE.match(filename))

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
