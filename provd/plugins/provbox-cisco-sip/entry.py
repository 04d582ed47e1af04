"""Cisco phones and telephone adapters of the SPA and multiplatform (MPP) series.

One package for all models, as they read one file format: what differs between
them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of extensions and of keys, how many expansion modules fit, what kind of
# device it is ('spa' and 'mpp' phones, 'adapter', or 'router', an adapter that
# is a router too), and the file that one asks for that has no settings yet,
# where its name is documented.
MODELS = {
    'SPA301': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa301.cfg'},
    'SPA303': {'lines': 3, 'keys': 3, 'kind': 'spa', 'common': 'spa303.cfg'},
    'SPA501G': {'lines': 8, 'keys': 8, 'modules': 2, 'kind': 'spa', 'common': 'spa501G.cfg'},
    'SPA502G': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa502G.cfg'},
    'SPA504G': {'lines': 4, 'keys': 4, 'modules': 2, 'kind': 'spa', 'common': 'spa504G.cfg'},
    'SPA508G': {'lines': 8, 'keys': 8, 'modules': 2, 'kind': 'spa', 'common': 'spa508G.cfg'},
    'SPA509G': {'lines': 12, 'keys': 12, 'modules': 2, 'kind': 'spa', 'common': 'spa509G.cfg'},
    'SPA512G': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa512G.cfg'},
    'SPA514G': {'lines': 4, 'keys': 4, 'modules': 2, 'kind': 'spa', 'common': 'spa514G.cfg'},
    'SPA525G': {'lines': 5, 'keys': 5, 'modules': 2, 'kind': 'spa', 'common': 'spa525G.cfg'},
    'SPA525G2': {'lines': 5, 'keys': 5, 'modules': 2, 'kind': 'spa', 'common': 'spa525G2.cfg'},
    'SPA901': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa901.cfg'},
    'SPA921': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa921.cfg'},
    'SPA922': {'lines': 1, 'keys': 0, 'kind': 'spa', 'common': 'spa922.cfg'},
    'SPA941': {'lines': 4, 'keys': 4, 'kind': 'spa', 'common': 'spa941.cfg'},
    'SPA942': {'lines': 4, 'keys': 4, 'kind': 'spa', 'common': 'spa942.cfg'},
    'SPA962': {'lines': 6, 'keys': 6, 'modules': 2, 'kind': 'spa', 'common': 'spa962.cfg'},
    'SPA112': {'lines': 2, 'keys': 0, 'kind': 'router', 'common': 'spa112.cfg'},
    'SPA122': {'lines': 2, 'keys': 0, 'kind': 'router', 'common': 'spa122.cfg'},
    'SPA232D': {'lines': 2, 'keys': 0, 'kind': 'router', 'common': 'spa232D.cfg'},
    'SPA2102': {'lines': 2, 'keys': 0, 'kind': 'adapter', 'common': 'spa2102.cfg'},
    'SPA3102': {'lines': 1, 'keys': 0, 'kind': 'adapter', 'common': 'spa3102.cfg'},
    'SPA8000': {'lines': 8, 'keys': 0, 'kind': 'adapter', 'common': 'spa8000.cfg'},
    'SPA8800': {'lines': 8, 'keys': 0, 'kind': 'adapter', 'common': 'spa8800.cfg'},
    'PAP2T': {'lines': 2, 'keys': 0, 'kind': 'adapter', 'common': 'init.cfg'},
    'ATA191': {'lines': 2, 'keys': 0, 'kind': 'adapter', 'common': 'ata191.cfg'},
    'ATA192': {'lines': 2, 'keys': 0, 'kind': 'adapter', 'common': 'ata192.cfg'},
    '6821': {'lines': 2, 'keys': 2, 'kind': 'mpp', 'common': '6821-3PCC.xml'},
    '6841': {'lines': 4, 'keys': 4, 'kind': 'mpp', 'common': '6841-3PCC.xml'},
    '6851': {'lines': 4, 'keys': 4, 'modules': 1, 'kind': 'mpp', 'common': '6851-3PCC.xml'},
    '6861': {'lines': 4, 'keys': 4, 'kind': 'mpp', 'common': '6861-3PCC.xml'},
    '6871': {'lines': 6, 'keys': 6, 'kind': 'mpp', 'common': '6871-3PCC.xml'},
    '7811': {'lines': 1, 'keys': 1, 'kind': 'mpp', 'common': '7811-3PCC.xml'},
    '7821': {'lines': 2, 'keys': 2, 'kind': 'mpp', 'common': '7821-3PCC.xml'},
    '7832': {'lines': 1, 'keys': 1, 'kind': 'mpp', 'common': '7832-3PCC.xml'},
    '7841': {'lines': 4, 'keys': 4, 'kind': 'mpp', 'common': '7841-3PCC.xml'},
    '7861': {'lines': 16, 'keys': 16, 'kind': 'mpp', 'common': '7861-3PCC.xml'},
    '8811': {'lines': 10, 'keys': 10, 'kind': 'mpp', 'common': '8811-3PCC.xml'},
    '8832': {'lines': 1, 'keys': 1, 'kind': 'mpp', 'common': '8832-3PCC.xml'},
    '8841': {'lines': 10, 'keys': 10, 'kind': 'mpp', 'common': '8841-3PCC.xml'},
    '8845': {'lines': 10, 'keys': 10, 'kind': 'mpp', 'common': '8845-3PCC.xml'},
    '8851': {'lines': 10, 'keys': 10, 'modules': 2, 'kind': 'mpp', 'common': '8851-3PCC.xml'},
    '8861': {'lines': 10, 'keys': 10, 'modules': 3, 'kind': 'mpp', 'common': '8861-3PCC.xml'},
    '8865': {'lines': 10, 'keys': 10, 'modules': 3, 'kind': 'mpp', 'common': '8865-3PCC.xml'},
    '8875': {'lines': 10, 'keys': 10, 'kind': 'mpp'},
    '9811': {'lines': 1, 'keys': 1, 'kind': 'mpp'},
    '9821': {'lines': 2, 'keys': 2, 'kind': 'mpp'},
    '9841': {'lines': 4, 'keys': 4, 'kind': 'mpp'},
    '9851': {'lines': 6, 'keys': 6, 'kind': 'mpp'},
    '9861': {'lines': 16, 'keys': 16, 'kind': 'mpp'},
    '9871': {'lines': 16, 'keys': 16, 'kind': 'mpp'},
}


class CiscoSIPPlugin(common['BaseCiscoSIPPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['CiscoSIPPgAssociator'](common['VENDOR'], MODELS)
    tftp_dev_info_extractor = common['CiscoTFTPDeviceInfoExtractor'](MODELS)
