"""Cisco IP phones and telephone adapters that are made for a call manager.

They speak SCCP or SIP and read one form of file; the phones of the SPA and
multiplatform series are those of another package.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('locales.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Models as they name themselves over DHCP, with their number of line keys. Those
# of 'sip' speak SIP unless they are told to speak SCCP. Each port of an adapter
# has a file.
MODELS = {
    '6901': {'lines': 1},
    '6911': {'lines': 1},
    '6921': {'lines': 2},
    '6941': {'lines': 4},
    '6945': {'lines': 4},
    '6961': {'lines': 12},
    '7902G': {'lines': 1},
    '7905G': {'lines': 1},
    '7906G': {'lines': 1},
    '7910G': {'lines': 1},
    '7911G': {'lines': 1},
    '7912G': {'lines': 1},
    '7920': {'lines': 6},
    '7921G': {'lines': 6},
    '7925G': {'lines': 6},
    '7926G': {'lines': 6},
    '7931G': {'lines': 24},
    '7937': {'lines': 1},
    '7937G': {'lines': 1},
    '7940': {'lines': 2},
    '7940G': {'lines': 2},
    '7941G': {'lines': 2},
    '7942G': {'lines': 2},
    '7945G': {'lines': 2},
    '7960': {'lines': 6},
    '7960G': {'lines': 6},
    '7961G': {'lines': 6},
    '7962G': {'lines': 6},
    '7965G': {'lines': 6},
    '7970G': {'lines': 8},
    '7971G': {'lines': 8},
    '7975G': {'lines': 8},
    '8941': {'lines': 4, 'sip': True},
    '8945': {'lines': 4, 'sip': True},
    '8961': {'lines': 5, 'sip': True},
    '9951': {'lines': 5, 'sip': True},
    '9971': {'lines': 6, 'sip': True},
    'ATA190': {'lines': 2, 'sip': True, 'adapter': True},
    'CIPC': {'lines': 8},
}


class CiscoSCCPPlugin(common['BaseCiscoSCCPPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['CiscoSCCPPgAssociator'](common['VENDOR'], MODELS)
