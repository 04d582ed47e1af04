"""A package that answers HTTP requests with code of its own."""
from twisted.web.resource import NoResource, Resource
from twisted.web.server import NOT_DONE_YET
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService


class Echo(Resource):
    def __init__(self, rest=()):
        super().__init__()
        self._rest = rest

    def getChild(self, path, request):
        if path == b'gone':
            return NoResource('no ' + request.uri.decode('ascii'))
        return Echo(self._rest + (path,))

    def render_GET(self, request):
        request.setResponseCode(203)
        request.setHeader(b'Content-Type', b'text/plain; charset=utf-8')
        request.setHeader('X-Package', 'service')
        return b' '.join([b'GET', request.prov_dev['mac'].encode(), *self._rest, *sum(request.args.values(), [])])

    def render_POST(self, request):
        request.write(request.method + b' ')
        request.write(b'|'.join(sorted(k + b'=' + v[0] for k, v in request.args.items())))
        request.write(b' ' + request.content.read(5) + b' ' + (request.getHeader(b'Host') or b'')[:9])
        request.finish()
        return NOT_DONE_YET


class Broken(Resource):
    isLeaf = True

    def render_GET(self, request):
        raise ValueError('canary')

    def render_POST(self, request):
        return NOT_DONE_YET

    def render_PUT(self, request):
        while True:
            pass


class Extractor:
    def extract(self, request, request_type):
        if b'serial' in request.args:
            return {'vendor': 'Service', 'sn': request.args[b'serial'][0].decode('ascii')}


class Service(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()

    def __init__(self, *args):
        super().__init__(*args)
        self.http_service = Resource()
        self.http_service.putChild(b'echo', Echo())
        self.http_service.putChild(b'broken', Broken())
        self.http_service.putChild(b'files', HTTPNoListingFileService(self._tftpboot_dir))
