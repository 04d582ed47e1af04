logger = logging.getLogger('plugin.provbox-snom')

VENDOR = 'Snom'


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


class SnomPgAssociator(VendorPgAssociator):
    def _do_associate(self, vendor, model, version):
        if vendor == VENDOR and self._too_old(model, version):
            # These read no XML.
            return DeviceSupport.NONE
        return super()._do_associate(vendor, model, version)

    def _too_old(self, model, version):
        if version is None or (self._models.get(model) or {}).get('dect'):
            return False
        major = version.partition('.')[0]
        return major.isdigit() and int(major) < 7


class BaseSnomPlugin(BaseProvboxPlugin):
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

    http_dev_info_extractor = SnomHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean_xml(raw_config))}
        template = self._templates.get_template('common/model.htm.tpl')
        for model in sorted(self._MODELS):
            self._write(template, config, f'snom{model}.htm')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'snom', entry_point='input')
        config = clean_xml(raw_config)
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
        config['XX_options'] = clean_xml(device.get('options') or {})
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
            value = value.replace('|', '')
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
            self._remove(filename)

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
