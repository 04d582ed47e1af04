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


class BaseGrandstreamPlugin(GrandstreamProfiles):
    _FOLDER = 'Grandstream'

    # Values of P1362 that are not those of ISO 639, and those that are.
    _OTHER_LANGUAGES = {'cs': 'cz', 'sv': 'se'}
    _LANGUAGES = 'ar de en es fr he hr hu it ja ko lv nl pl pt ru sl tr zh'.split()
    # In audio, as RFC 2833 events, as SIP INFO
    _DTMF_TYPES = {
        'RTP-in-band': ('1', '0', '0'),
        'RTP-out-of-band': ('0', '1', '0'),
        'SIP-INFO': ('0', '0', '1'),
    }
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
        'plan': 290,
        'pickup': 1347,
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
        'plan': 59,
        'pickup': 81,
    }
    # Values of the mode of a key, and of one that is not used. The keys on the
    # screen that belong to lines are numbered apart from the others; current
    # models take words for both.
    _KEY_TYPES = {'speeddial': '0', 'blf': '1', 'park': '9'}
    _LINE_KEY_TYPES = {'speeddial': '10', 'blf': '11', 'park': '19'}
    _KEY_WORDS = {'speeddial': 'SpeedDial', 'blf': 'BLF', 'park': 'CallPark'}

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
        # The phone adds the name of a file to the address.
        plugins.add_xivo_phonebook_url(raw_config, 'grandstream', qs_suffix='file=')
        config = clean_xml(raw_config)
        model = self._MODELS.get(device.get('model')) or self._guess(device)
        config['XX_kind'] = model.get('kind')
        config['XX_phonebook'] = self._location(config.get('XX_xivo_phonebook_url') or '')
        config['XX_mac'] = format_mac(device['mac'], separator='')
        config['XX_server'] = self._server(config)
        if model.get('kind'):
            config['XX_parameters'] = self._profile_parameters(config, model)
        else:
            config['XX_parameters'] = self._account_parameters(
                config, model
            ) + self._key_parameters(config, model)
        config['XX_dns'] = (config.get('dns_ip') or '').split('.')
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), '3'
        )
        language = (config.get('locale') or '').partition('_')[0]
        config['XX_voice'] = self._VOICES.get(language)
        config['XX_language'] = self._OTHER_LANGUAGES.get(
            language, language if language in self._LANGUAGES else None
        )
        config['XX_timezone'] = self._timezone(config)
        config['XX_options'] = clean_xml(device.get('options') or {})
        self._write(template, config, filename)

    def _server(self, config):
        """Return where the phone finds its files, without the scheme."""
        server = self._location(self._server_url(config))
        return {
            'path': f'{server["path"]}/{self._FOLDER}',
            'protocol': '2' if server['secure'] else '1',
        }

    def _account_parameters(self, config, model):
        """Return the numbers and values of the parameters of all accounts."""
        top = len(self._ACCOUNT_SERIES) + 1
        count = model.get('lines') or min(
            top, max([int(no) for no in config['sip_lines']], default=1)
        )
        parameters = []
        for account in self._accounts(config, min(count, top)):
            numbers = self._account_numbers(account['no'])
            values = self._account_values(config, account)
            parameters += [
                {'number': numbers[name], 'value': value}
                for name, value in values.items()
                if name in numbers
            ]
        return parameters

    def _account_numbers(self, no):
        if no == 1:
            return self._FIRST_ACCOUNT
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

        address = self._address
        dtmf = self._DTMF_TYPES.get(
            account['dtmf'], self._DTMF_TYPES['RTP-out-of-band']
        )
        values = {
            'active': '1',
            'name': account['label'],
            'server': address(account['registrar'], account['registrar_port']),
            'backup_server': address(account['backup_server'], account['backup_port']),
            'outbound_proxy': address(
                account['outbound_proxy'], account['outbound_port']
            ),
            'username': account['username'],
            'auth_username': account['auth_username'],
            'password': self._password(account),
            'display_name': account['display_name'],
            'voicemail': account['voicemail'],
            'mwi': '1' if config.get('sip_subscribe_mwi') else '0',
            'transport': self._TRANSPORTS.get(account['transport'], '0'),
            'srtp': self._SRTP_MODES.get(account['srtp'], '0'),
            'dtmf_audio': dtmf[0],
            'dtmf_rtp': dtmf[1],
            'dtmf_sip': dtmf[2],
            'plan': self._PLAN,
        }
        if config.get('exten_pickup_call'):
            values['pickup'] = config['exten_pickup_call']
        return values

    def _key_parameters(self, config, model):
        funckeys = self._by_number(config['funckeys'])
        top = model.get('keys', min(max(funckeys, default=0), 7))
        if max(funckeys, default=0) > top:
            logger.info('function keys above %d do not fit the phone', top)
        parameters = []
        for no in range(1, top + 1):
            types, unused, line = self._modes(no, model)
            values = (unused, no - 1 if line else 0, '', '')
            if no in funckeys:
                values = self._key_values(funckeys[no], types) or values
            parameters += [
                {'number': number, 'value': v}
                for number, v in zip(self._key_numbers(no, model), values)
            ]
        return parameters

    def _modes(self, no, model):
        """Return the modes of a key, that of an unused one, and if it is a line's."""
        if model.get('app_keys'):
            return self._KEY_WORDS, '', False
        if no > model.get('screen_keys', 0):
            return self._KEY_TYPES, '0', False
        line = no <= model['lines']
        if 'line_keys' not in model:
            return self._KEY_WORDS, 'Default' if line else 'None', line
        if no <= model['line_keys']:
            return self._LINE_KEY_TYPES, '0' if line else '-1', line
        return self._KEY_TYPES, '-1', False

    def _key_values(self, funckey, types):
        if funckey['type'] not in types:
            logger.info('no key of type %s on these phones', funckey['type'])
            return None
        line = funckey.get('line')
        value = funckey.get('value') or ''
        return (
            types[funckey['type']],
            int(line) - 1 if str(line).isdigit() and int(line) > 0 else 0,
            funckey.get('label') or value,
            value,
        )

    def _key_numbers(self, no, model):
        """Return the numbers of the mode, account, label and value of a key."""
        if model.get('app_keys'):
            first = 23000 + 5 * (no - 1)
            return (first, first + 1, first + 2, first + 3)
        screen = model.get('screen_keys', 0)
        if no > screen:
            return self._panel_numbers(no - screen)
        if no <= 6:
            mode, label = 1361 + 2 * no, 1463 + 2 * no
            return (mode, mode + 1, label, label + 1)
        first = 23800 + 4 * (no - 7)
        return (first, first + 1, first + 2, first + 3)

    def _panel_numbers(self, no):
        if no <= 7:
            first = 298 + 3 * no
            return (322 + no, first, first + 1, first + 2)
        first = 353 + 4 * (no - 8) if no <= 18 else 1440 + 4 * (no - 19)
        return (first, first + 1, first + 2, first + 3)

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
