"""Cisco IP phones that speak SCCP, and the IP Communicator softphone."""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Models as they name themselves over DHCP, with their number of line keys.
MODELS = {
    '6901': 1,
    '6911': 1,
    '6921': 2,
    '6941': 4,
    '6945': 4,
    '6961': 12,
    '7905G': 1,
    '7906G': 1,
    '7911G': 1,
    '7912G': 1,
    '7920': 6,
    '7921G': 6,
    '7925G': 6,
    '7926G': 6,
    '7931G': 24,
    '7937G': 1,
    '7940G': 2,
    '7941G': 2,
    '7942G': 2,
    '7945G': 2,
    '7960G': 6,
    '7961G': 6,
    '7962G': 6,
    '7965G': 6,
    '7970G': 8,
    '7971G': 8,
    '7975G': 8,
    '8941': 4,
    '8945': 4,
    'CIPC': 8,
}


class CiscoSCCPPlugin(common['BaseCiscoSCCPPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['CiscoSCCPPgAssociator'](common['VENDOR'], MODELS)
