logger = logging.getLogger('plugin.provbox-aastra')

VENDOR = 'Aastra'


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


class BaseAastraPlugin(BaseProvboxPlugin):
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
        config = clean_line(raw_config)
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
        config['XX_options'] = clean_line(device.get('options') or {})
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
