logger = logging.getLogger('plugin.provbox-yealink')

VENDOR = 'Yealink'


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


class BaseYealinkPlugin(BaseProvboxPlugin):
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

    http_dev_info_extractor = YealinkHTTPDeviceInfoExtractor()

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean_line(raw_config))}
        template = self._templates.get_template('common/model.cfg.tpl')
        for model in self._MODELS.values():
            if 'common' in model:
                config['XX_static'] = self._static(model)
                self._write(template, config, f'y{int(model["common"]):012d}.cfg')

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(
            raw_config, 'yealink', entry_point='lookup', qs_suffix='term=#SEARCH'
        )
        plugins.add_wazo_phoned_user_service_url(raw_config, 'yealink', 'dnd')
        config = clean_line(raw_config)
        model = self._MODELS.get(device.get('model')) or {}
        config['XX_old'] = model.get('old', False)
        config['XX_static'] = self._static(model)
        config['XX_accounts'] = self._yealink_accounts(config, model)
        config['XX_keys'] = self._keys(config, model)
        config['XX_handsets'] = self._handsets(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), '4'
        )
        self._add_locale(config)
        self._add_timezone(config)
        config['XX_options'] = clean_line(device.get('options') or {})
        self._write(template, config, filename)

    def _static(self, model):
        """Return what is in front of parameters that a reset to defaults keeps."""
        return '' if model.get('old') else 'static.'

    def _yealink_accounts(self, config, model):
        accounts = self._accounts(config, model.get('accounts'))
        for account in accounts:
            if account['enabled']:
                account['transport'] = self._TRANSPORTS.get(account['transport'], '0')
                account['srtp'] = self._SRTP_MODES.get(account['srtp'], '0')
                account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], '1')
        return accounts

    def _keys(self, config, model):
        """Return every key of the phone in order, with the name of its parameters."""
        funckeys = self._by_number(config['funckeys'])
        lines = self._by_number(config['sip_lines'])
        names = [f'linekey.{n}' for n in range(1, model.get('keys', 0) + 1)]
        names += [f'memorykey.{n}' for n in range(1, model.get('memory_keys', 0) + 1)]
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
        zone = self._zone(config)
        if not zone:
            return
        hours, rest = divmod(abs(zone['minutes']), 60)
        offset = ('-' if zone['minutes'] < 0 else '+') + str(hours)
        if rest:
            offset += f':{rest:02d}'
        time = {'offset': offset, 'summer': '0'}
        if zone['dst']:
            time['summer'] = '1'
            time['save'] = zone['dst']['minutes']
            for name in ('start', 'end'):
                # Month, week, weekday and hour; week 5 is the last one.
                change = zone['dst'][name]
                time[name] = (
                    f'{change["month"]}/{change["week"]}'
                    f'/{change["weekday"]}/{change["hour"]}'
                )
        config['XX_time'] = time

    def _filename(self, device):
        return format_mac(device['mac'], separator='') + '.cfg'
