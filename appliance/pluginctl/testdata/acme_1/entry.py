import os

from wazo_provd.plugins import FetchfwPluginHelper, StandardPlugin, TemplatePluginHelper
from wazo_provd.servers.http import HTTPNoListingFileService


class AcmePlugin(StandardPlugin):
    IS_PLUGIN = True

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tpl_helper = TemplatePluginHelper(plugin_dir)
        downloaders = FetchfwPluginHelper.new_downloaders(gen_cfg.get('proxies'))
        fetchfw_helper = FetchfwPluginHelper(plugin_dir, downloaders)
        self.services = fetchfw_helper.services()
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def configure_common(self, raw_config):
        tpl = self._tpl_helper.get_template('common/acme.cfg.tpl')
        self._tpl_helper.dump(tpl, raw_config, os.path.join(self._tftpboot_dir, 'acme.cfg'), 'UTF-8')

    def _file(self, device):
        if 'mac' not in device:
            raise Exception('MAC address needed to configure device')
        return device['mac'].replace(':', '') + '.cfg'

    def configure(self, device, raw_config):
        name = self._file(device)
        tpl = self._tpl_helper.get_dev_template(name, device)
        self._tpl_helper.dump(tpl, raw_config, os.path.join(self._tftpboot_dir, name), 'UTF-8')

    def deconfigure(self, device):
        os.remove(os.path.join(self._tftpboot_dir, self._file(device)))
