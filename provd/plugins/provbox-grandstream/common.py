logger = logging.getLogger('plugin.provbox-grandstream')

VENDOR = 'Grandstream'


class GrandstreamHTTPDeviceInfoExtractor:
    # "Grandstream Model HW GXV3240 V1.6B SW 1.0.1.27 DevId 000b82632815"; the
    # revision of the hardware may be missing
    _CURRENT = re.compile(
        r'^Grandstream Model HW (\w+)(?:\s+V[^ ]+)? SW ([^ ]+) DevId ([^ ]+)'
    )
    # "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId
    # 000b822726c8"; the last version is the one that counts
    _OLDEST = re.compile(r'^Grandstream (GXP2000) .*:([^ ]+)\) DevId ([^ ]+)')

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if not user_agent:
            return defer.succeed(None)
        text = user_agent.decode('ascii', 'replace')
        match = self._CURRENT.match(text) or self._OLDEST.match(text)
        if not match:
            return defer.succeed(None)
        model, version, mac = match.groups()
        try:
            mac = norm_mac(mac)
        except ValueError as e:
            logger.info('no MAC address in %r: %s', text, e)
            return defer.succeed(None)
        return defer.succeed(
            {'vendor': VENDOR, 'model': model, 'version': version, 'mac': mac}
        )


class BaseGrandstreamPlugin(BaseProvboxPlugin):
    _FOLDER = 'Grandstream'

    # Values of P1362.
    _LANGUAGES = ('cz', 'de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'ru', 'sv', 'tr')
    # In audio, as RFC 2833 events, as SIP INFO
    _DTMF_TYPES = {
        'RTP-in-band': ('1', '0', '0'),
        'RTP-out-of-band': ('0', '1', '0'),
        'SIP-INFO': ('0', '0', '1'),
    }
    _TRANSPORTS = {'udp': '0', 'tcp': '1', 'tls': '2'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    _SYSLOG_LEVELS = {
        'critical': '4',
        'error': '4',
        'warning': '3',
        'info': '2',
        'debug': '1',
    }
    # Numbers of the parameters of the accounts. The first one has numbers of its
    # own, the other ones have a series each.
    _FIRST_ACCOUNT = {
        'active': 271,
        'name': 270,
        'server': 47,
        'backup_server': 2312,
        'outbound_proxy': 48,
        'username': 35,
        'auth_username': 36,
        'password': 34,
        'display_name': 3,
        'voicemail': 33,
        'mwi': 99,
        'transport': 130,
        'srtp': 183,
        'dtmf_audio': 2301,
        'dtmf_rtp': 2302,
        'dtmf_sip': 2303,
    }
    _ACCOUNT_SERIES = {2: 400, 3: 500, 4: 600, 5: 1700, 6: 1800}
    _IN_SERIES = {
        'active': 1,
        'name': 17,
        'server': 2,
        'outbound_proxy': 3,
        'username': 4,
        'auth_username': 5,
        'password': 6,
        'display_name': 7,
        'voicemail': 26,
        'mwi': 15,
        'transport': 48,
        'srtp': 43,
    }
    # The second port of an adapter.
    _SECOND_PORT = {
        'active': 401,
        'server': 747,
        'outbound_proxy': 748,
        'username': 735,
        'auth_username': 736,
        'password': 734,
        'display_name': 703,
        'voicemail': 733,
        'transport': 830,
        'srtp': 443,
    }
    # Values of the mode of a key.
    _KEY_TYPES = {'speeddial': '0', 'blf': '1', 'park': '9'}

    http_dev_info_extractor = GrandstreamHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server': self._server(clean_xml(raw_config))}
        template = self._templates.get_template('common/cfg.xml.tpl')
        self._write(template, config, 'cfg.xml')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'grandstream')
        config = clean_xml(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_mac'] = format_mac(device['mac'], separator='')
        config['XX_server'] = self._server(config)
        config['XX_parameters'] = self._account_parameters(
            config, model
        ) + self._key_parameters(config, model)
        config['XX_dns'] = (config.get('dns_ip') or '').split('.')
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), '3'
        )
        language = (config.get('locale') or '').partition('_')[0]
        if language == 'cs':
            language = 'cz'
        config['XX_language'] = language if language in self._LANGUAGES else None
        config['XX_timezone'] = self._timezone(config)
        config['XX_options'] = clean_xml(device.get('options') or {})
        self._write(template, config, filename)

    def _server(self, config):
        """Return where the phone finds its files, without the scheme."""
        scheme, _, rest = self._server_url(config).rpartition('://')
        return {
            'path': f'{rest}/{self._FOLDER}',
            'protocol': '2' if scheme == 'https' else '1',
        }

    def _account_parameters(self, config, model):
        """Return the numbers and values of the parameters of all accounts."""
        top = len(self._ACCOUNT_SERIES) + 1
        count = model.get('lines') or min(
            top, max([int(no) for no in config['sip_lines']], default=1)
        )
        parameters = []
        for account in self._accounts(config, min(count, top)):
            numbers = self._account_numbers(account['no'], model)
            values = self._account_values(config, account)
            parameters += [
                {'number': numbers[name], 'value': value}
                for name, value in values.items()
                if name in numbers
            ]
        return parameters

    def _account_numbers(self, no, model):
        if no == 1:
            return self._FIRST_ACCOUNT
        if model.get('adapter'):
            return self._SECOND_PORT
        series = self._ACCOUNT_SERIES[no]
        numbers = {name: series + n for name, n in self._IN_SERIES.items()}
        numbers['backup_server'] = 2012 + (no + 2) * 100
        for i, name in enumerate(('dtmf_audio', 'dtmf_rtp', 'dtmf_sip'), start=1):
            numbers[name] = 2000 + (no + 2) * 100 + i
        return numbers

    def _account_values(self, config, account):
        if not account['enabled']:
            return {
                'active': '0',
                'name': '',
                'server': '',
                'username': '',
                'auth_username': '',
                'password': '',
                'display_name': '',
            }

        def address(server, port):
            if not server:
                return ''
            return f'{server}:{port}'

        password = account['password']
        dtmf = self._DTMF_TYPES.get(
            account['dtmf'], self._DTMF_TYPES['RTP-out-of-band']
        )
        return {
            'active': '1',
            'name': account['label'],
            'server': address(account['registrar'], account['registrar_port']),
            'backup_server': address(account['backup_server'], account['backup_port']),
            'outbound_proxy': address(
                account['outbound_proxy'], account['outbound_port']
            ),
            'username': account['username'],
            'auth_username': account['auth_username'],
            # What provd writes for a phone without an account has no password.
            'password': '' if password == 'autoprov' else password,
            'display_name': account['display_name'],
            'voicemail': account['voicemail'],
            'mwi': '1' if config.get('sip_subscribe_mwi') else '0',
            'transport': self._TRANSPORTS.get(account['transport'], '0'),
            'srtp': self._SRTP_MODES.get(account['srtp'], '0'),
            'dtmf_audio': dtmf[0],
            'dtmf_rtp': dtmf[1],
            'dtmf_sip': dtmf[2],
        }

    def _key_parameters(self, config, model):
        parameters = []
        for no, funckey in self._by_number(config['funckeys']).items():
            if no > model.get('keys', 7):
                logger.info('function key %d does not fit the phone', no)
                continue
            if funckey['type'] not in self._KEY_TYPES:
                logger.info('no key of type %s on these phones', funckey['type'])
                continue
            line = funckey.get('line')
            value = funckey.get('value') or ''
            values = (
                self._KEY_TYPES[funckey['type']],
                int(line) - 1 if str(line).isdigit() and int(line) > 0 else 0,
                funckey.get('label') or value,
                value,
            )
            parameters += [
                {'number': number, 'value': v}
                for number, v in zip(self._key_numbers(no, model), values)
            ]
        return parameters

    def _key_numbers(self, no, model):
        """Return the numbers of the mode, account, label and value of a key."""
        if model.get('screen_keys'):
            if no <= 6:
                mode, label = 1361 + 2 * no, 1463 + 2 * no
                return (mode, mode + 1, label, label + 1)
            first = 23800 + 4 * (no - 7)
            return (first, first + 1, first + 2, first + 3)
        first = 298 + 3 * no
        return (322 + no, first, first + 1, first + 2)

    def _timezone(self, config):
        """Return the time zone in the notation of POSIX."""
        zone = self._zone(config)
        if not zone:
            return None
        # POSIX counts west of Greenwich.
        text = 'STD' + self._hours(-zone['minutes'])
        if zone['dst']:
            text += 'DST' + self._hours(-zone['minutes'] - zone['dst']['minutes'])
            for change in (zone['dst']['start'], zone['dst']['end']):
                weekday = change['weekday'] % 7
                text += f',M{change["month"]}.{change["week"]}.{weekday}'
                text += f'/{change["hour"]:02d}:00:00'
        return text

    def _hours(self, minutes):
        hours, rest = divmod(abs(minutes), 60)
        text = ('-' if minutes < 0 else '+') + str(hours)
        return f'{text}:{rest:02d}' if rest else text

    def _filename(self, device):
        return 'cfg' + format_mac(device['mac'], separator='') + '.xml'
