logger = logging.getLogger('plugin.provbox-cisco-sip')

VENDOR = 'Cisco'


# What an MPP phone asks for that was told the server alone.
_MPP_PATH = re.compile(r'^/?Cisco/(?:CP-(\d{4})-3PCC|DP-(\d{4})(?:-3PCC)?)/(?!0{12})([\da-fA-F]{12})\.cfg$')


def from_mpp_path(path):
    match = _MPP_PATH.match(path)
    if not match:
        return None
    model = match.group(1) or match.group(2)
    return {'vendor': VENDOR, 'model': model, 'mac': norm_mac(match.group(3))}


class CiscoHTTPDeviceInfoExtractor:
    # "Cisco/SPA508G-7.4.4 (0002FDFF2103)(CBT141400UK)", "Linksys/SPA-942-6.1.5(a)
    # (88019FA42805)", "Linksys/PAP2T-5.1.6(LS) (000E08D0D1D2)": an address and a
    # serial number, or a serial number alone; "Cisco/ATA191-MPP-11-1-0-MSR4
    # (FCH2443D9R4)" gives the address in the query
    _SPA = re.compile(
        r'^(?:Cisco|Linksys)/(PAP2T|ATA19\d|SPA-?\w+)-(?:MPP-)?([^ ]+)'
        r' \((\w+)\)(?:\((\w+)\))?'
    )
    # "Cisco-CP-8851-3PCC/12.0.7 (00562B043617)"
    _MPP = re.compile(r'^Cisco-\w\w-(\d{4}\w*)(?:-3PCC)?/([^ ]+) \(([\da-fA-F]{12})\)')
    _PATH = re.compile(r'\b(?!0{12})([\da-fA-F]{12})\.(?:xml|cfg)$')
    _QUERY = re.compile(r'^(?!0{12})[\da-fA-F]{12}$')

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if not user_agent:
            return defer.succeed(from_mpp_path(request.path.decode('ascii', 'replace')))
        info = self._from_user_agent(user_agent.decode('ascii', 'replace'))
        if info and 'mac' not in info:
            mac = self._from_path(request) or self._from_query(request)
            if mac:
                info['mac'] = norm_mac(mac)
        return defer.succeed(info)

    def _from_path(self, request):
        match = self._PATH.search(request.path.decode('ascii', 'replace'))
        return match.group(1) if match else None

    def _from_query(self, request):
        mac = request.args.get(b'mac', [b''])[0].decode('ascii', 'replace')
        return mac if self._QUERY.match(mac) else None

    def _from_user_agent(self, user_agent):
        match = self._MPP.match(user_agent)
        if match:
            model, version, mac = match.groups()
            return {
                'vendor': VENDOR,
                'model': model,
                'version': version,
                'mac': norm_mac(mac),
            }
        match = self._SPA.match(user_agent)
        if not match:
            return None
        model, version, first, second = match.groups()
        info = {
            'vendor': VENDOR,
            'model': model.replace('-', ''),
            'version': version,
            'sn': second or first,
        }
        if second:
            try:
                info['mac'] = norm_mac(first)
            except ValueError as e:
                logger.info('no MAC address in %r: %s', user_agent, e)
        return info


class CiscoTFTPDeviceInfoExtractor:
    _ATA190 = re.compile(r'^/?ATA(?!0{12})([\dA-F]{12})\.cnf\.xml$')

    def __init__(self, models):
        self._models = {
            m['common'].lower(): name for name, m in models.items() if 'common' in m
        }

    def extract(self, request, request_type):
        name = request['packet']['filename'].decode('ascii', 'replace')
        info = from_mpp_path(name)
        if info:
            return defer.succeed(info)
        match = self._ATA190.match(name)
        if match:
            info = {'vendor': VENDOR, 'model': 'ATA190'}
            # The second port asks with the address less its first byte, and 01.
            if not match.group(1).endswith('01'):
                info['mac'] = norm_mac(match.group(1))
            return defer.succeed(info)
        model = self._models.get(name.lstrip('/').lower())
        if model:
            return defer.succeed({'vendor': VENDOR, 'model': model})
        return defer.succeed(None)


class CiscoDHCPDeviceInfoExtractor:
    # "LINKSYS SPA-942", "Cisco SPA525G2", "CISCO ATA191-MPP", "CP-7841-3PCC",
    # "DP-9861"
    _CLASS = re.compile(
        r'^(?:(?:linksys|cisco) (pap2t|spa-?\w+|ata19\d)'
        r'|cp-(\d{4})-3pcc|dp-(\d{4})(?:-3pcc)?)\b',
        re.I,
    )

    def extract(self, request, request_type):
        match = self._CLASS.match(request['options'].get(60) or '')
        if not match:
            return defer.succeed(None)
        model = next(g for g in match.groups() if g).upper().replace('-', '')
        return defer.succeed({'vendor': VENDOR, 'model': model})


class CiscoSIPPgAssociator(VendorPgAssociator):
    _SERIES = re.compile(r'^(?:SPA|PAP|ATA19[1-9]|[67]8\d\d$|88\d\d$|98\d\d$)')

    def _other_model(self, model):
        if model is None:
            # Phones that do not tell their model speak SCCP.
            return DeviceSupport.UNKNOWN
        if self._SERIES.match(model):
            return DeviceSupport.PROBABLE
        return DeviceSupport.IMPROBABLE


class BaseCiscoSIPPlugin(BaseProvboxPlugin):
    _SENSITIVE = re.compile(r'^\w{0,3}[\da-fA-F]{12}(?:\.cnf)?\.xml$')

    _LANGUAGES = {
        'da': 'Danish',
        'de': 'German',
        'en': 'English',
        'es': 'Spanish',
        'fr': 'French',
        'it': 'Italian',
        'nl': 'Dutch',
        'no': 'Norwegian',
        'pl': 'Polish',
        'pt': 'Portuguese',
        'ru': 'Russian',
        'sv': 'Swedish',
        'tr': 'Turkish',
    }
    # Tones of a country: the one to dial by, busy, and ringing, as frequencies
    # with their levels and the times on and off.
    _TONES = {
        'DE': (
            '425@-13;10(*/0/1)',
            '425@-13;10(.48/.48/1)',
            '425@-13;*(1/4/1)',
        ),
        'ES': (
            '425@-13;10(*/0/1)',
            '425@-13;10(.2/.2/1)',
            '425@-13;*(1.5/3/1)',
        ),
        'FR': (
            '440@-13;10(*/0/1)',
            '440@-13;10(.5/.5/1)',
            '440@-13;*(1.5/3.5/1)',
        ),
        'GB': (
            '350@-13,440@-13;10(*/0/1+2)',
            '400@-13;10(.375/.375/1)',
            '400@-13,450@-13;*(.4/.2/1+2,.4/2/1+2)',
        ),
        'IT': (
            '425@-13;10(.2/.2/1,.6/1/1)',
            '425@-13;10(.5/.5/1)',
            '425@-13;*(1/4/1)',
        ),
        'NL': (
            '425@-13;10(*/0/1)',
            '425@-13;10(.5/.5/1)',
            '425@-13;*(1/4/1)',
        ),
        'US': (
            '350@-19,440@-19;10(*/0/1+2)',
            '480@-19,620@-19;10(.5/.5/1+2)',
            '440@-19,480@-19;*(2/4/1+2)',
        ),
    }
    _DTMF_TYPES = {'RTP-in-band': 'InBand', 'RTP-out-of-band': 'AVT', 'SIP-INFO': 'INFO'}
    _TRANSPORTS = {'udp': 'UDP', 'tcp': 'TCP', 'tls': 'TLS'}
    # Whether calls are secured, and what happens when they cannot be.
    _SRTP_MODES = {
        'disabled': ('No', 'Optional'),
        'preferred': ('Yes', 'Optional'),
        'required': ('Yes', 'Required'),
    }
    _DEBUG_LEVELS = {'critical': '0', 'error': '1', 'warning': '1', 'info': '2', 'debug': '3'}
    # Keys of one expansion module, and how the name of one of its keys ends.
    _MODULES = {'spa': (32, ''), 'mpp': (28, '_')}

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    http_dev_info_extractor = CiscoHTTPDeviceInfoExtractor()
    dhcp_dev_info_extractor = CiscoDHCPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean_xml(raw_config))}
        template = self._templates.get_template('common/model.cfg.tpl')
        for name in sorted({m['common'] for m in self._MODELS.values() if 'common' in m}):
            self._write(template, config, name)

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'cisco', entry_point='input')
        config = clean_line(raw_config)
        model = self._MODELS.get(device.get('model')) or self._guess(device)
        config['XX_kind'] = model['kind']
        config['XX_accounts'] = self._cisco_accounts(config, model)
        config['XX_keys'] = self._keys(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_debug_level'] = self._DEBUG_LEVELS.get(config.get('syslog_level'), '1')
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_locale'] = f'{language}-{country}'
        config['XX_tones'] = self._TONES.get(country)
        config['XX_time'] = self._time(config)
        config['XX_options'] = device.get('options') or {}
        self._write(template, clean_xml(config), filename)

    def _guess(self, device):
        """Return what holds for a model that is not in the table."""
        spa = str(device.get('model')).startswith(('SPA', 'PAP'))
        return {'kind': 'spa' if spa else 'mpp'}

    def _cisco_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines'))
        phone = model['kind'] in self._MODULES
        for account in accounts:
            if not account['enabled']:
                continue
            account['transport'] = self._TRANSPORTS.get(account['transport'], 'UDP')
            account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], 'AVT')
            account['srtp'] = self._SRTP_MODES.get(account['srtp'], ('No', 'Optional'))
            proxy = self._host(account['registrar'], account['registrar_port'])
            if phone and account['backup_server']:
                # The servers as if the name service had told them.
                backup = self._host(account['backup_server'], account['backup_port'])
                no = account['no']
                proxy = f'servers{no}:SRV={proxy}:p=0|{backup}:p=1'
                account['several'] = True
            account['proxy'] = proxy
            outbound = account['outbound_proxy']
            account['outbound_proxy'] = (
                self._host(outbound, account['outbound_port']) if outbound else ''
            )
        return accounts

    def _host(self, host, port):
        # A bar would begin another server.
        return f'{host.replace("|", "")}:{port}'

    def _keys(self, config, model):
        """Return every key of the phone in order; a line keeps its own key."""
        funckeys = self._by_number(config['funckeys'])
        lines = {a['no']: a for a in config['XX_accounts'] if a['enabled']}
        used = max(funckeys, default=0)
        keys = []
        for no in range(1, model.get('keys', max(used, *lines, 0)) + 1):
            key = {'no': no, 'extension': 'Disabled', 'name': '', 'function': ''}
            if no in lines:
                key['extension'] = no
                key['name'] = lines[no]['label']
                if no in funckeys:
                    logger.info('function key %d is that of a line', no)
            elif no in funckeys:
                key['name'] = funckeys[no].get('label') or funckeys[no].get('value') or ''
                key['function'] = self._function(funckeys[no])
            keys.append(key)
        size, end = self._MODULES.get(model['kind'], (0, ''))
        count = len(keys)
        top = count + size * model.get('modules', 0)
        for no in range(count + 1, min(used, top) + 1):
            unit, place = divmod(no - count - 1, size)
            name = f'Unit_{unit + 1}_Key_{place + 1}{end}'
            function = self._function(funckeys[no]) if no in funckeys else ''
            keys.append({'unit_key': name, 'function': function})
        if used > top:
            logger.info('function keys above %d do not fit the phone', top)
        return keys

    def _function(self, funckey):
        # These signs would begin another part, or a variable.
        value = re.sub('[;@$]', '', funckey.get('value') or '')
        label = re.sub('[;$]', '', funckey.get('label') or '') or value
        if funckey['type'] == 'speeddial':
            return f'fnc=sd;ext={value}@$PROXY;nme={label}'
        if funckey['type'] in ('blf', 'park'):
            # A place to park at is watched as a phone is.
            return f'fnc=sd+blf+cp;sub={value}@$PROXY;nme={label}'
        logger.info('no key of type %s on these phones', funckey['type'])
        return ''

    def _time(self, config):
        zone = self._zone(config)
        if not zone:
            return None
        hours, minutes = divmod(abs(zone['minutes']), 60)
        sign = '-' if zone['minutes'] < 0 else '+'
        time = {'zone': f'GMT{sign}{hours:02d}:{minutes:02d}', 'rule': ''}
        if zone['dst']:
            start, end = [self._day(zone['dst'][name]) for name in ('start', 'end')]
            hours, minutes = divmod(zone['dst']['minutes'], 60)
            time['rule'] = f'start={start};end={end};save={hours}:{minutes}:0'
        return time

    def _day(self, change):
        # The weekday on or after a day of the month; on or before its last one.
        day = -1 if change['week'] == 5 else (change['week'] - 1) * 7 + 1
        hour = min(change['hour'], 23)
        return f'{change["month"]}/{day}/{change["weekday"]}/{hour}:0:0'

    def _filename(self, device):
        return format_mac(device['mac'], separator='') + '.xml'
