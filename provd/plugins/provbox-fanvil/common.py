logger = logging.getLogger('plugin.provbox-fanvil')

VENDOR = 'Fanvil'


class FanvilHTTPDeviceInfoExtractor:
    # "Fanvil X6U Pro 0.0.10 0c383e2cd782", "Fanvil A32i 2.6.0 0c383e2cd783",
    # "Fanvil PA2S 2.4.0 0c383e2cd784"
    _USER_AGENT = re.compile(
        r'^Fanvil ([A-Za-z]{1,3}\d{1,3}\w{0,4}(?:-V\d)?(?: ?(?:Pro|Lite|V\d)){0,2})'
        r' ([\d.]+) ([\da-f]{12})$'
    )
    _PATH = re.compile(r'\b(?!0{12})([\da-f]{12})\.cfg$')

    def __init__(self, common_files):
        self._common_files = common_files

    def extract(self, request, request_type):
        info = self._from_path(request.path.decode('ascii', 'replace'))
        user_agent = request.getHeader(b'User-Agent')
        if user_agent:
            match = self._USER_AGENT.match(user_agent.decode('ascii', 'replace'))
            if match:
                model, version, mac = match.groups()
                info = {
                    'vendor': VENDOR,
                    'model': model.replace(' ', '-'),
                    'version': version,
                    'mac': norm_mac(mac),
                }
        return defer.succeed(info)

    def _from_path(self, path):
        """Recognise a phone by the file that it asks for first."""
        model = self._common_files.get(path.rpartition('/')[2])
        if model:
            return {'vendor': VENDOR, 'model': model}
        match = self._PATH.search(path)
        if match:
            # Phones of other vendors have files of such names too.
            return {'mac': norm_mac(match.group(1))}
        return None


class BaseFanvilPlugin(BaseProvboxPlugin):
    _FOLDER = 'Fanvil'

    # Names of the languages of the phone that are not those of ISO 639.
    _LANGUAGES = {
        'ar': 'ar',
        'ca': 'cat',
        'cs': 'cz',
        'de': 'de',
        'en': 'en',
        'es': 'es',
        'eu': 'eus',
        'fr': 'fr',
        'he': 'he',
        'hr': 'hr',
        'it': 'it',
        'ko': 'ko',
        'nl': 'nl',
        'pl': 'pl',
        'pt': 'pt',
        'ru': 'ru',
        'sk': 'slo',
        'tr': 'tr',
        'uk': 'ua',
        'zh': 'cn',
    }
    # Values of the tones of a country.
    _TONES = {
        'CA': '18',
        'DE': '2',
        'ES': '33',
        'FR': '25',
        'GB': '13',
        'IT': '21',
        'NL': '5',
        'US': '11',
    }
    _DTMF_TYPES = {'RTP-in-band': '0', 'RTP-out-of-band': '1', 'SIP-INFO': '2'}
    _TRANSPORTS = {'udp': '0', 'tcp': '1', 'tls': '3'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    # Name and number of the levels of the log.
    _SYSLOG_LEVELS = {
        'critical': ('FATAL', '1'),
        'error': ('ERROR', '2'),
        'warning': ('WARN', '3'),
        'info': ('INFO', '4'),
        'debug': ('DEBUG', '5'),
    }
    # A key that remembers a number, a key of a line, a key with a URL.
    _KEY_NONE, _KEY_MEMORY, _KEY_LINE = '0', '1', '2'
    # Most keys that are written for a phone of an unknown model.
    _MOST_KEYS = 120

    # files for all phones

    def configure_common(self, raw_config):
        config = {'XX_server_url': self._server_url(clean_xml(raw_config))}
        for filename, model in sorted(self._COMMON_FILES.items()):
            # The other files ask for firmware, of which there is none.
            if not filename.endswith('.cfg'):
                continue
            old = (self._MODELS.get(model) or {}).get('old')
            name = 'common/old.cfg.tpl' if old else 'common/model.cfg.tpl'
            self._write(self._templates.get_template(name), config, filename)

    # files of one phone

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        model = self._MODELS.get(device.get('model')) or {}
        # The newer form of the file goes with a newer form of the phonebook.
        plugins.add_xivo_phonebook_url(
            raw_config,
            'fanvil' if model.get('old') else 'fanvil-v2',
            entry_point='lookup',
            qs_suffix='term=',
        )
        plugins.add_wazo_phoned_user_service_url(raw_config, 'fanvil', 'dnd')
        config = clean_xml(raw_config)
        config['XX_old'] = model.get('old', False)
        config['XX_accounts'] = self._fanvil_accounts(config, model)
        config['XX_pages'] = self._pages(config, model)
        config['XX_server_url'] = self._server_url(config)
        config['XX_syslog_level'] = self._SYSLOG_LEVELS.get(
            config.get('syslog_level'), ('WARN', '3')
        )
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_tone'] = self._TONES.get(country)
        config['XX_time'] = self._time(config)
        config['XX_options'] = clean_xml(device.get('options') or {})
        self._write(template, config, filename)

    def _fanvil_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines'))
        for account in accounts:
            if not account['enabled']:
                continue
            account['transport'] = self._TRANSPORTS.get(account['transport'], '0')
            account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], '1')
            account['srtp'] = self._SRTP_MODES.get(account['srtp'], '0')
            if account['password'] == 'autoprov':
                # What provd writes for a phone without an account.
                account['password'] = ''
        return accounts

    def _pages(self, config, model):
        """Return the keys in pages of as many as the phone shows at once."""
        funckeys = self._by_number(config['funckeys'])
        lines = self._by_number(config['sip_lines'])
        top = model.get('keys', min(max(funckeys, default=0), self._MOST_KEYS))
        if max(funckeys, default=0) > top:
            logger.info('function keys above %d do not fit the phone', top)
        size = model.get('page') or max(top, 1)
        pages = []
        for no in range(1, top + 1):
            page, index = divmod(no - 1, size)
            if index == 0:
                pages.append({'no': page + 1, 'keys': []})
            key = {'no': no, 'index': index + 1, 'type': self._KEY_NONE}
            key['value'] = key['title'] = ''
            if no in funckeys:
                self._set_key(config, key, funckeys[no])
            elif no in lines:
                key['type'], key['value'] = self._KEY_LINE, f'SIP{no}'
                key['title'] = lines[no].get('number') or ''
            pages[-1]['keys'].append(key)
        return pages

    def _set_key(self, config, key, funckey):
        # An at sign or a slash in the number would begin another part.
        value = re.sub('[@/]', '', funckey.get('value') or '')
        number = f'{value}@{funckey.get("line") or 1}'
        if funckey['type'] == 'speeddial':
            key['value'] = number + '/f'
        elif funckey['type'] == 'park':
            key['value'] = number + '/c'
        elif funckey['type'] == 'blf':
            key['value'] = number + '/ba'
            pickup = config.get('exten_pickup_call')
            if pickup:
                key['value'] += pickup + value
        else:
            logger.info('no key of type %s on these phones', funckey['type'])
            return
        key['type'] = self._KEY_MEMORY
        key['title'] = funckey.get('label') or value

    def _time(self, config):
        """Return the time zone in quarters of an hour, and its clock changes."""
        zone = self._zone(config)
        if not zone:
            return None
        minutes = zone['minutes']
        hours, rest = divmod(abs(minutes), 60)
        if minutes < 0:
            name = f'UTC-{hours:02d}'
        else:
            name = f'UTC+{hours}' if minutes else 'UCT'
        if rest:
            name += f':{rest:02d}'
        time = {'quarters': minutes // 15, 'name': name, 'changes': []}
        if zone['dst']:
            time['save'] = zone['dst']['minutes']
            for name, change in (
                ('Start', zone['dst']['start']),
                ('End', zone['dst']['end']),
            ):
                time['changes'].append(
                    {
                        'name': name,
                        'month': change['month'],
                        'hour': min(change['hour'], 23),
                        # The first day of the week is 0, Sunday.
                        'weekday': change['weekday'] % 7,
                        'week': -1 if change['week'] == 5 else change['week'],
                    }
                )
        return time

    def _filename(self, device):
        return format_mac(device['mac'], separator='') + '.cfg'
