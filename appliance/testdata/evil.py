"""A package that does the same bad thing in every hook."""
import re
import time

from twisted.web.resource import Resource
from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper


def bad(*args):
    BODY


class Extractor:
    def extract(self, request, request_type):
        if request_type.value == 'http':
            request.path, request.getHeader(b'User-Agent')
        return bad(request)


class Associator:
    def associate(self, info):
        return bad(info)


class Page(Resource):
    isLeaf = True

    def render_GET(self, request):
        return bad(request)


class Evil(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    tftp_dev_info_extractor = Extractor()
    dhcp_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        global template
        template = TemplatePluginHelper(plugin_dir)
        self.http_service = Page()

    def configure(self, device, raw_config):
        if self.id != 'evil-sync':  # a phone that is not configured is not synchronized
            bad(device, raw_config)

    def deconfigure(self, device):
        bad(device)

    def synchronize(self, device, raw_config):
        return bad(device)

    def get_remote_state_trigger_filename(self, device):
        return bad(device)

    def is_sensitive_filename(self, filename):
        return bad(filename)
