logger = logging.getLogger('plugin.provbox-cisco-sccp')

VENDOR = 'Cisco'


class CiscoDHCPDeviceInfoExtractor:
    # "Cisco Systems, Inc. IP Phone CP-7941G\x00", "Cisco Systems, Inc. IP Phone
    # 7912", "Cisco Systems Inc. Wireless Phone 7921"
    _MODEL = re.compile(r'\bPhone (?:79(\d\d)|CP-79(\d\d)G|CP-(\d{4}))')

    def extract(self, request, request_type):
        return defer.succeed(self._do_extract(request['options'].get(60)))

    def _do_extract(self, vendor_class):
        if not vendor_class or not vendor_class.startswith('Cisco Systems'):
            return None
        info = {'vendor': VENDOR}
        match = self._MODEL.search(vendor_class)
        if match:
            seventy_nine = match.group(1) or match.group(2)
            if seventy_nine == '20':
                info['model'] = '7920'
            elif seventy_nine:
                info['model'] = f'79{seventy_nine}G'
            else:
                info['model'] = match.group(3)
        return info


class CiscoFileNameExtractor:
    """Recognise a phone by the file it asks for; it says nothing else."""

    _COMMUNICATOR = re.compile(r'^/?Communicator[/\\]')
    _PHONE = re.compile(
        r'^/?(?:SEP([\dA-F]{12})\.cnf\.xml|(?:CTL|ITL)SEP([\dA-F]{12})\.tlv|ITLFile\.tlv)$'
    )

    def _from_name(self, name):
        if self._COMMUNICATOR.match(name):
            return {'vendor': VENDOR, 'model': 'CIPC'}
        match = self._PHONE.match(name)
        if not match:
            return None
        info = {'vendor': VENDOR}
        mac = match.group(1) or match.group(2)
        if mac:
            info['mac'] = norm_mac(mac)
        return info


class CiscoHTTPDeviceInfoExtractor(CiscoFileNameExtractor):
    def extract(self, request, request_type):
        return defer.succeed(self._from_name(request.path.decode('ascii', 'replace')))


class CiscoTFTPDeviceInfoExtractor(CiscoFileNameExtractor):
    def extract(self, request, request_type):
        name = request['packet']['filename'].decode('ascii', 'replace')
        return defer.succeed(self._from_name(name))


class CiscoSCCPPgAssociator(VendorPgAssociator):
    def _other_model(self, model):
        if model is None:
            return DeviceSupport.PROBABLE
        # Cisco's other phones speak SIP and read other files.
        return DeviceSupport.IMPROBABLE


class BaseCiscoSCCPPlugin(BaseProvboxPlugin):
    # Name of the folder of a locale, its language code, and the folder of the
    # tones of a country.
    _USER_LOCALES = {
        'de_DE': ('german_germany', 'de'),
        'en_GB': ('english_united_kingdom', 'en'),
        'en_US': ('english_united_states', 'en'),
        'es_ES': ('spanish_spain', 'es'),
        'fr_CA': ('french_canada', 'fr'),
        'fr_FR': ('french_france', 'fr'),
        'it_IT': ('italian_italy', 'it'),
        'nl_NL': ('dutch_netherlands', 'nl'),
        'pt_BR': ('portuguese_brazil', 'pt'),
        'pt_PT': ('portuguese_portugal', 'pt'),
    }
    _NETWORK_LOCALES = {
        'AT': 'austria',
        'AU': 'australia',
        'BE': 'belgium',
        'BR': 'brazil',
        'CA': 'canada',
        'CH': 'switzerland',
        'DE': 'germany',
        'DK': 'denmark',
        'ES': 'spain',
        'FR': 'france',
        'GB': 'united_kingdom',
        'IE': 'ireland',
        'IT': 'italy',
        'LU': 'luxembourg',
        'NL': 'netherlands',
        'PT': 'portugal',
        'US': 'united_states',
    }
    # The phones know time zones by names of their own: minutes east of
    # Greenwich, whether the clocks change, and the name.
    _TIME_ZONES = [
        (-720, False, 'Dateline Standard Time'),
        (-660, False, 'Samoa Standard Time'),
        (-600, False, 'Hawaiian Standard Time'),
        (-540, True, 'Alaskan Standard/Daylight Time'),
        (-480, True, 'Pacific Standard/Daylight Time'),
        (-420, True, 'Mountain Standard/Daylight Time'),
        (-420, False, 'US Mountain Standard Time'),
        (-360, True, 'Central Standard/Daylight Time'),
        (-360, False, 'Canada Central Standard Time'),
        (-300, True, 'Eastern Standard/Daylight Time'),
        (-300, False, 'SA Pacific Standard Time'),
        (-240, True, 'Atlantic Standard/Daylight Time'),
        (-240, False, 'SA Western Standard Time'),
        (-210, True, 'Newfoundland Standard/Daylight Time'),
        (-180, True, 'South America Standard/Daylight Time'),
        (-180, False, 'SA Eastern Standard Time'),
        (-120, True, 'Mid-Atlantic Standard/Daylight Time'),
        (-60, True, 'Azores Standard/Daylight Time'),
        (0, True, 'GMT Standard/Daylight Time'),
        (0, False, 'Greenwich Standard Time'),
        (60, True, 'Central Europe Standard/Daylight Time'),
        (120, True, 'GTB Standard/Daylight Time'),
        (120, False, 'South Africa Standard Time'),
        (180, True, 'Russian Standard/Daylight Time'),
        (180, False, 'Saudi Arabia Standard Time'),
        (210, True, 'Iran Standard/Daylight Time'),
        (240, True, 'Caucasus Standard/Daylight Time'),
        (240, False, 'Arabian Standard Time'),
        (270, False, 'Afghanistan Standard Time'),
        (300, False, 'West Asia Standard Time'),
        (330, False, 'India Standard Time'),
        (360, False, 'Central Asia Standard Time'),
        (420, False, 'SE Asia Standard Time'),
        (480, False, 'Taipei Standard Time'),
        (540, False, 'Tokyo Standard Time'),
        (570, True, 'Cen. Australia Standard/Daylight Time'),
        (570, False, 'AUS Central Standard Time'),
        (600, True, 'AUS Eastern Standard/Daylight Time'),
        (600, False, 'West Pacific Standard Time'),
        (660, False, 'Central Pacific Standard Time'),
        (720, True, 'New Zealand Standard/Daylight Time'),
        (720, False, 'Fiji Standard Time'),
    ]
    _SENSITIVE = re.compile(r'^SEP[0-9A-F]{12}\.cnf\.xml$')

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        # Current firmware asks over HTTP too, on port 6970.
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    dhcp_dev_info_extractor = CiscoDHCPDeviceInfoExtractor()
    http_dev_info_extractor = CiscoHTTPDeviceInfoExtractor()
    tftp_dev_info_extractor = CiscoTFTPDeviceInfoExtractor()

    def configure_common(self, raw_config):
        # What a phone asks for when its own file does not exist yet.
        config = clean_xml(raw_config)
        config['XX_call_managers'] = self._call_managers(config)
        template = self._templates.get_template('common/XMLDefault.cnf.xml.tpl')
        self._write(template, config, 'XMLDefault.cnf.xml')

    def configure(self, device, raw_config):
        if 'tftp_port' not in raw_config:
            raise RawConfigError('these phones are configured over TFTP only')
        if 'mac' not in device:
            raise Exception('the device has no MAC address')
        filename = self._filename(device)
        template = self._templates.get_dev_template(filename, device)
        plugins.add_xivo_phonebook_url(raw_config, 'cisco', entry_point='menu')
        config = clean_xml(raw_config)
        config['XX_call_managers'] = self._call_managers(config)
        config['XX_timezone'] = self._timezone(raw_config.get('timezone'))
        self._add_locale(config)
        config['XX_options'] = clean_xml(device.get('options') or {})
        self._write(template, config, filename)

    def _call_managers(self, config):
        """Return the call managers, the one to try first at the front."""
        managers = config.get('sccp_call_managers') or {}
        if not managers and config.get('ip'):
            managers = {'1': {'ip': config['ip']}}
        return [
            {'priority': i, 'ip': manager['ip'], 'port': manager.get('port') or 2000}
            for i, (_, manager) in enumerate(
                sorted(managers.items(), key=lambda item: int(item[0]))
            )
        ]

    def _timezone(self, name):
        if not name:
            return None
        try:
            zone = tzinform.get_timezone_info(name)
        except tzinform.TimezoneNotFoundError:
            logger.info('unknown time zone %s', name)
            return None
        offset = zone['utcoffset'].as_minutes
        changes = zone['dst'] is not None
        # The nearest zone that changes its clocks or not, as this one does.
        return min(
            self._TIME_ZONES,
            key=lambda z: (abs(z[0] - offset), z[1] != changes),
        )[2]

    def _add_locale(self, config):
        locale = config.get('locale') or ''
        _, _, country = locale.partition('_')
        config['XX_user_locale'] = self._USER_LOCALES.get(locale)
        config['XX_network_locale'] = self._NETWORK_LOCALES.get(country)

    def _filename(self, device):
        mac = format_mac(device['mac'], separator='', uppercase=True)
        return f'SEP{mac}.cnf.xml'

    def get_remote_state_trigger_filename(self, device):
        # These phones hold no SIP account.
        return None

    def synchronize(self, device, raw_config):
        return defer.fail(Exception('SCCP phones cannot be told to reload'))
