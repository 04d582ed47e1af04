logger = logging.getLogger('plugin.provbox-cisco-sccp')

VENDOR = 'Cisco'


class CiscoDHCPDeviceInfoExtractor:
    # "Cisco Systems, Inc. IP Phone CP-7941G\x00", "Cisco Systems, Inc. IP Phone
    # 7912", "Cisco Systems Inc. Wireless Phone 7921"
    _MODEL = re.compile(r'\bPhone (?:79(\d\d)|CP-79(\d\d)G|CP-(\d{4}))')

    _ADAPTER = re.compile(r'^cisco ata190\b', re.I)

    def extract(self, request, request_type):
        vendor_class = request['options'].get(60)
        info = self._from_adapter(vendor_class) or self._do_extract(vendor_class)
        return defer.succeed(info)

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

    def _from_adapter(self, vendor_class):
        # "CISCO ATA190"; those of the multiplatform series are not of this package
        match = self._ADAPTER.match(vendor_class or '')
        return {'vendor': VENDOR, 'model': 'ATA190'} if match else None


class CiscoFileNameExtractor:
    """Recognise a phone by the file it asks for; it says nothing else."""

    _COMMUNICATOR = re.compile(r'^/?Communicator[/\\]')
    _PHONE = re.compile(
        r'^/?(?:SEP([\dA-F]{12})\.cnf\.xml|(?:CTL|ITL)SEP([\dA-F]{12})\.tlv|ITLFile\.tlv)$'
    )
    _ADAPTER = re.compile(r'^/?ATA(?!0{12})([\dA-F]{12})\.cnf\.xml$')

    def _from_name(self, name):
        if self._COMMUNICATOR.match(name):
            return {'vendor': VENDOR, 'model': 'CIPC'}
        match = self._ADAPTER.match(name)
        if match:
            info = {'vendor': VENDOR, 'model': 'ATA190'}
            # The name of the second port's file is not that of an address; it ends so.
            if not match.group(1).endswith('01'):
                info['mac'] = norm_mac(match.group(1))
            return info
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


class BaseCiscoSCCPPlugin(CiscoLocales):
    _SIP_TRANSPORTS = {'tcp': '1', 'udp': '2', 'tls': '3'}
    # What a button does; a place to park at is watched as a phone is.
    _FEATURES = {'speeddial': '2', 'blf': '21', 'park': '21'}
    # Of a restart, the phone reads its files again and stays on.
    _RESTART = [
        'Content-type=text/plain',
        'Content=action=restart',
        'Content=RegisterCallId={}',
        'Content=ConfigVersionStamp={0000000000000000}',
        'Content=DialplanVersionStamp={0000000000000000}',
        'Content=SoftkeyVersionStamp={0000000000000000}',
    ]
    _SENSITIVE = re.compile(r'^(?:SEP|ATA)[0-9A-F]{12}\.cnf\.xml$')

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
        model = self._model(device)
        config['XX_sip'] = self._speaks_sip(raw_config, model)
        config['XX_timezone'] = self._timezone(raw_config.get('timezone'))
        self._add_locale(config)
        config['XX_options'] = clean_xml(device.get('options') or {})
        if model.get('adapter'):
            self._write_ports(template, config, device)
            return
        if config['XX_sip']:
            self._add_sip(config, model)
        else:
            config['XX_call_managers'] = self._call_managers(config)
        self._write(template, config, filename)

    def _model(self, device):
        return self._MODELS.get(device.get('model')) or {}

    def _speaks_sip(self, raw_config, model):
        if model.get('adapter'):
            return True
        protocol = raw_config.get('protocol')
        if protocol:
            return protocol == 'SIP'
        return model.get('sip', False)

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

    # SIP

    def _add_sip(self, config, model):
        accounts = [a for a in self._accounts(config, model.get('lines')) if a['enabled']]
        first = accounts[0] if accounts else {}
        servers = []
        for name in ('registrar', 'backup_server'):
            if first.get(name):
                port = 'backup_port' if name == 'backup_server' else 'registrar_port'
                servers.append({'ip': first[name], 'sip_port': first[port]})
        config['XX_call_managers'] = [
            {'priority': i, 'ip': s['ip'], 'port': 2000, 'sip_port': s['sip_port']}
            for i, s in enumerate(servers)
        ]
        for account in accounts:
            # Other servers than that of the first account have no backup.
            same = all(account[n] == first[n] for n in ('registrar', 'registrar_port'))
            account['proxy'] = 'USECALLMANAGER' if same else account['registrar']
        config['XX_accounts'] = accounts
        config['XX_first'] = first
        config['XX_transport'] = self._SIP_TRANSPORTS.get(config.get('sip_transport'), '2')
        config['XX_security'] = '1'
        if config.get('sip_transport') == 'tls':
            # Authenticated signalling, or encrypted with the media too.
            config['XX_security'] = '2' if first.get('srtp') in (None, 'disabled') else '3'
        config['XX_dtmf'] = 'none' if first.get('dtmf') == 'RTP-in-band' else 'avt'
        config['XX_keys'] = self._sip_keys(config, model)

    def _sip_keys(self, config, model):
        """Return the buttons with a function; a line keeps its own button."""
        taken = {account['no'] for account in config['XX_accounts']}
        top = model.get('lines', 0)
        keys = []
        for no, funckey in self._by_number(config['funckeys']).items():
            if no in taken or no > top > 0:
                logger.info('function key %d does not fit the phone', no)
                continue
            if funckey['type'] not in self._FEATURES:
                logger.info('no key of type %s on these phones', funckey['type'])
                continue
            value = funckey.get('value') or ''
            keys.append(
                {
                    'no': no,
                    'feature': self._FEATURES[funckey['type']],
                    'watched': funckey['type'] != 'speeddial',
                    'label': funckey.get('label') or value,
                    'value': value,
                }
            )
        return keys

    def _write_ports(self, template, config, device):
        """Write a file for each port of an adapter that has an account."""
        lines = self._by_number(config['sip_lines'])
        for no, filename in enumerate(self._port_filenames(device), start=1):
            if no > 1 and no not in lines:
                # One that had an account before.
                self._remove(filename)
                continue
            port = dict(config)
            port['sip_lines'] = {'1': lines[no]} if no in lines else {}
            port['funckeys'] = {}
            self._add_sip(port, {'lines': 1})
            self._write(template, port, filename)

    def _port_filenames(self, device):
        mac = format_mac(device['mac'], separator='', uppercase=True)
        # The second port takes part of the address of the first one.
        return [f'ATA{mac}.cnf.xml', f'ATA{mac[2:]}01.cnf.xml']

    def _filename(self, device):
        if self._model(device).get('adapter'):
            return self._port_filenames(device)[0]
        mac = format_mac(device['mac'], separator='', uppercase=True)
        return f'SEP{mac}.cnf.xml'

    def deconfigure(self, device):
        super().deconfigure(device)
        if 'mac' in device and self._model(device).get('adapter'):
            self._remove(self._port_filenames(device)[1])

    def get_remote_state_trigger_filename(self, device):
        if 'mac' in device and self._model(device).get('adapter'):
            return self._filename(device)
        # What these phones ask for says nothing of a SIP account.
        return None

    def synchronize(self, device, raw_config):
        model = self._model(device)
        if model.get('adapter'):
            return synchronize.standard_sip_synchronize(device)
        if not self._speaks_sip(raw_config, model):
            return defer.fail(Exception('SCCP phones cannot be told to reload'))
        return synchronize.standard_sip_synchronize(
            device, event='service-control', extra_vars=self._RESTART
        )
