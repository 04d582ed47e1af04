logger = logging.getLogger('plugin.provbox-gigaset')

VENDOR = 'Gigaset'


def clean_quoted(value):
    """Return a value whose strings are the text of a quoted string in ASCII XML.

    The older models have strings in quotation marks inside the attributes, and
    read the file as ISO 8859-1.
    """
    if isinstance(value, str):
        text = clean_line(value).replace('"', "'").replace('\\', '/')
        return ''.join(c if ord(c) < 127 else f'&#{ord(c)};' for c in clean_xml(text))
    if isinstance(value, dict):
        return {k: clean_quoted(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean_quoted(v) for v in value]
    return value


class GigasetHTTPDeviceInfoExtractor:
    # "N510 IP PRO/42.258.00.000.000;7C2F806257D7", "Gigaset N720 DM
    # PRO/70.108.00.000.000", "Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;
    # 7C2F80E0D605;Handset=2", the last one in quotation marks now and then
    _USER_AGENT = re.compile(
        r'^"?(?:Gigaset )?(N\d{3}E? (?:IP|DM|VI) PRO)/([\w.]+)(?:\+[\w.]*)?'
        r'(?:; ?([\dA-Fa-f]{12})\b)?'
    )

    def extract(self, request, request_type):
        user_agent = request.getHeader(b'User-Agent')
        if not user_agent:
            return defer.succeed(None)
        match = self._USER_AGENT.match(user_agent.decode('ascii', 'replace'))
        if not match:
            return defer.succeed(None)
        model, version, mac = match.groups()
        if 'V' not in version:
            # The older ones have a version of two numbers; the others are 0.
            version = '.'.join(version.split('.')[:2])
        info = {'vendor': VENDOR, 'model': model, 'version': version}
        if mac:
            info['mac'] = norm_mac(mac)
        return defer.succeed(info)


class GigasetDHCPDeviceInfoExtractor:
    # "Gigaset_N720_DM_PRO", "N510_IP_PRO"
    _CLASS = re.compile(r'^(?:Gigaset_)?(N\d{3}E?_(?:IP|DM|VI)_PRO)\b')

    def extract(self, request, request_type):
        match = self._CLASS.match(request['options'].get(60) or '')
        if not match:
            return defer.succeed(None)
        model = match.group(1).replace('_', ' ')
        return defer.succeed({'vendor': VENDOR, 'model': model})


class GigasetFileService(HTTPNoListingFileService):
    # The older models ask for their files below folders of their own:
    # "/42/2/7C2F806257D7.xml".
    _FOLDERS = re.compile(r'^\d\d/\d+/')

    def path_preprocess(self, request):
        path = '/'.join(part.decode('ascii', 'replace') for part in request.postpath)
        if self._FOLDERS.match(path):
            request.postpath = request.postpath[2:]


class BaseGigasetPlugin(BaseProvboxPlugin):
    _SENSITIVE = re.compile(r'^(?:[\da-f]{12}|[\dA-F]{12})\.xml$')

    # Number and name of the tones of a country.
    _TONES = {
        'AU': (4, 'Australia'),
        'CH': (2, 'Switzerland'),
        'DE': (12, 'Germany'),
        'ES': (6, 'Spain'),
        'FR': (7, 'France'),
        'GB': (8, 'UK'),
        'IT': (13, 'Italy'),
        'NL': (9, 'Netherlands'),
        'PL': (10, 'Poland'),
        'RU': (11, 'Russia'),
        'US': (1, 'USA'),
    }
    # Numbers of the languages of the web page.
    _LANGUAGES = {
        'de': 2,
        'en': 1,
        'es': 4,
        'fr': 9,
        'it': 7,
        'nl': 10,
        'pl': 17,
        'tr': 16,
    }
    # Numbers of the time zones of the older models, by minutes east of Greenwich.
    _TIME_ZONES = {
        -720: 0x00,
        -660: 0x01,
        -600: 0x02,
        -540: 0x03,
        -480: 0x04,
        -420: 0x07,
        -360: 0x09,
        -300: 0x0D,
        -240: 0x0F,
        -180: 0x15,
        -120: 0x16,
        -60: 0x18,
        0: 0x1A,
        60: 0x1B,
        120: 0x20,
        180: 0x28,
        240: 0x2B,
        300: 0x2E,
        330: 0x30,
        345: 0x31,
        360: 0x33,
        420: 0x37,
        480: 0x3A,
        540: 0x3D,
        600: 0x43,
        720: 0x48,
        780: 0x50,
    }
    # Time zones that the newer models know by name outside Europe, and those that
    # stand for the other ones.
    _ZONE_NAMES = {
        -600: 'Pacific/Honolulu',
        -540: 'America/Anchorage',
        -480: 'America/Los_Angeles',
        -420: 'America/Denver',
        -360: 'America/Chicago',
        -300: 'America/New_York',
        -180: 'America/Sao_Paulo',
        0: 'Greenwich',
        60: 'Europe/Paris',
        180: 'Europe/Moscow',
        240: 'Asia/Dubai',
        300: 'Asia/Karachi',
        360: 'Asia/Dhaka',
        480: 'Asia/Hong_Kong',
        540: 'Asia/Tokyo',
        570: 'Australia/Adelaide',
        600: 'Australia/Sydney',
        660: 'Pacific/Noumea',
    }
    # In band, as RFC 2833 events, as SIP INFO
    _DTMF_TYPES = {'RTP-in-band': 1, 'RTP-out-of-band': 2, 'SIP-INFO': 4}
    _TRANSPORTS = {'udp': 1, 'tcp': 2, 'tls': 3}
    # Whether calls are secured, and whether others are taken.
    _SRTP_MODES = {'disabled': (0, 0), 'preferred': (1, 1), 'required': (1, 0)}
    # Servers that one of the newer models knows.
    _MOST_PROVIDERS = 20

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self.http_service = GigasetFileService(self._tftpboot_dir)

    http_dev_info_extractor = GigasetHTTPDeviceInfoExtractor()
    dhcp_dev_info_extractor = GigasetDHCPDeviceInfoExtractor()

    def configure(self, device, raw_config):
        self._check(device, raw_config)
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        self._add_phonebook(raw_config)
        config = clean_line(raw_config)
        model = self._model(device)
        config['XX_form'] = model['form']
        config['XX_mac'] = format_mac(device['mac'], separator='', uppercase=True)
        config['XX_accounts'] = self._gigaset_accounts(config, model)
        config['XX_providers'] = self._providers(config['XX_accounts'])
        config['XX_server_url'] = self._server_url(config)
        config['XX_server'] = config['XX_server_url'].rpartition('://')[2]
        config['XX_filename'] = filename
        language, _, country = (config.get('locale') or '').partition('_')
        config['XX_language'] = self._LANGUAGES.get(language)
        config['XX_tone'] = self._TONES.get(country)
        if model['form'] == 'n510' and config.get('admin_password'):
            config['XX_pin'] = self._pin(config['admin_password'])
        config['XX_time'] = None
        zone = self._zone(config)
        if zone:
            config['XX_time'] = {
                'zone': self._nearest(zone['minutes']),
                'changes': 1 if zone['dst'] else 0,
                'name': self._zone_name(config['timezone'], zone['minutes']),
            }
        # The station takes handsets for a while after it reads the file.
        now = datetime.datetime.utcnow() - datetime.datetime(1970, 1, 1)
        config['XX_now'] = int(now.total_seconds())
        config['XX_options'] = device.get('options') or {}
        clean = clean_xml if model['form'] == 'nx70' else clean_quoted
        self._write(template, clean(config), filename)

    def _model(self, device):
        model = self._MODELS.get(device.get('model'))
        if model:
            return model
        # The models to come are like the newest.
        return {'form': 'nx70'}

    def _add_phonebook(self, raw_config):
        """Add the address of the phonebook, which holds the user in its path."""
        user, server = raw_config.get('X_xivo_user_uuid'), raw_config.get('X_xivo_phonebook_ip')
        if not user or not server:
            return
        scheme = raw_config.get('X_xivo_phonebook_scheme') or 'http'
        port = raw_config.get('X_xivo_phonebook_port') or 9498
        raw_config['XX_xivo_phonebook_url'] = (
            f'{scheme}://{server}:{port}/0.1/directories/lookup/default/gigaset/{user}?'
        )

    def _gigaset_accounts(self, config, model):
        accounts = self._accounts(config, model.get('lines'))
        for account in accounts:
            account['index'] = account['no'] - 1
            account['id'] = f'{account["no"]:05d}'
            if not account['enabled']:
                continue
            account['mask'] = 1 << account['index']
            account['pin'] = re.sub('[^0-9]', '', account['number'])[-4:].rjust(4, '0')
            account['name'] = ' '.join(
                part for part in (account['number'], account['display_name']) if part
            )
            account['transport'] = self._TRANSPORTS.get(account['transport'], 1)
            account['dtmf'] = self._DTMF_TYPES.get(account['dtmf'], 2)
            account['srtp'] = self._SRTP_MODES.get(account['srtp'], (0, 0))
        return accounts

    def _providers(self, accounts):
        """Return the servers; accounts refer to one by number."""
        names = (
            'server',
            'port',
            'registrar',
            'registrar_port',
            'backup_server',
            'backup_port',
            'outbound_proxy',
            'outbound_port',
            'transport',
            'srtp',
            'dtmf',
        )
        providers = []
        for account in accounts:
            if not account['enabled']:
                continue
            provider = {name: account[name] for name in names}
            if provider not in providers:
                if len(providers) == self._MOST_PROVIDERS:
                    logger.info('too many servers; account %d takes the first', account['no'])
                    account['provider'] = 0
                    continue
                providers.append(provider)
            account['provider'] = providers.index(provider)
        return providers

    def _pin(self, password):
        """Return a password of four digits in the form of a system PIN."""
        if not re.match('^[0-9]{4}$', password):
            logger.info('the password of this station must be four digits; it stays as it is')
            return None
        return f'0x{password[:2]},0x{password[2:]}'

    def _zone_name(self, name, minutes):
        if name.startswith('Europe/') or name in self._ZONE_NAMES.values():
            return name
        return self._ZONE_NAMES.get(minutes)

    def _nearest(self, minutes):
        nearest = min(self._TIME_ZONES, key=lambda m: abs(m - minutes))
        return self._TIME_ZONES[nearest]

    def _filename(self, device):
        upper = self._model(device)['form'] != 'nx70'
        return format_mac(device['mac'], separator='', uppercase=upper) + '.xml'

    def get_remote_state_trigger_filename(self, device):
        # A station has many accounts; what it asks for says nothing of one.
        return None
