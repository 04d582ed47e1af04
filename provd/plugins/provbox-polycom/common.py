logger = logging.getLogger('plugin.provbox-polycom')

VENDOR = 'Polycom'


class PolycomHTTPDeviceInfoExtractor:
    # "FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078", "FileTransport
    # PolycomVVX-VVX_400-UA/4.1.4.7430 Type/Application", "FileTransport
    # PolyEdge-Edge_E350-UA/8.0.0.1234"
    _USER_AGENT = re.compile(r'^FileTransport Poly\w+-(\w*?)-UA/([\d.]+)')
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


class BasePolycomPlugin(BaseProvboxPlugin):
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

    http_dev_info_extractor = PolycomHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        template = self._templates.get_template('common/common.cfg.tpl')
        self._write(template, clean_xml(raw_config), 'common.cfg')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'polycom')
        config = clean_xml(raw_config)
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
        config['XX_options'] = clean_xml(device.get('options') or {})
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
