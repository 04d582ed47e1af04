"""A package that knows the phone "Good MAC" and serves its file."""
from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper
from wazo_provd.servers.http import HTTPNoListingFileService
from wazo_provd.servers.tftp.service import TFTPFileService


class Extractor:
    def extract(self, request, request_type):
        ua = request.getHeader(b'User-Agent')
        if ua and ua.startswith(b'Good '):
            return {'vendor': 'Good', 'model': 'G1', 'version': '1', 'mac': ua[5:].decode('ascii')}


class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.EXACT if vendor == 'Good' else DeviceSupport.IMPROBABLE


class Good(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tpl = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    def _name(self, device):
        return device['mac'].replace(':', '') + '.cfg'

    def configure(self, device, raw_config):
        tpl = self._tpl.get_dev_template(self._name(device), device)
        self._tpl.dump(tpl, raw_config, self._tftpboot_dir + '/' + self._name(device))

    def is_sensitive_filename(self, filename):
        return filename.endswith('.cfg')
