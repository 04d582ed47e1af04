"""Grandstream desk phones and telephone adapters.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of accounts and of keys; keys on the screen have other parameters.
MODELS = {
    'GXP1100': {'lines': 2, 'keys': 3},
    'GXP1105': {'lines': 2, 'keys': 3},
    'GXP1160': {'lines': 2, 'keys': 3},
    'GXP1165': {'lines': 2, 'keys': 3},
    'GXP1400': {'lines': 2, 'keys': 3},
    'GXP1405': {'lines': 2, 'keys': 3},
    'GXP1450': {'lines': 2, 'keys': 3},
    'GXP1610': {'lines': 1, 'keys': 0},
    'GXP1615': {'lines': 1, 'keys': 0},
    'GXP1620': {'lines': 2, 'keys': 0},
    'GXP1625': {'lines': 2, 'keys': 0},
    'GXP1628': {'lines': 2, 'keys': 7},
    'GXP1630': {'lines': 3, 'keys': 7},
    'GXP2000': {'lines': 4, 'keys': 7},
    'GXP2100': {'lines': 4, 'keys': 7},
    'GXP2110': {'lines': 4, 'keys': 7},
    'GXP2120': {'lines': 6, 'keys': 7},
    'GXP2124': {'lines': 4, 'keys': 7},
    'GXP2130': {'lines': 3, 'keys': 8, 'screen_keys': True},
    'GXP2135': {'lines': 4, 'keys': 32, 'screen_keys': True},
    'GXP2140': {'lines': 4, 'keys': 16, 'screen_keys': True},
    'GXP2160': {'lines': 6, 'keys': 24, 'screen_keys': True},
    'GXP2170': {'lines': 6, 'keys': 48, 'screen_keys': True},
    'GXP2200': {'lines': 6, 'keys': 7},
    'GRP2601': {'lines': 2, 'keys': 0},
    'GRP2602': {'lines': 2, 'keys': 0},
    'GRP2603': {'lines': 3, 'keys': 0},
    'GRP2604': {'lines': 3, 'keys': 0},
    'GRP2612': {'lines': 2, 'keys': 16, 'screen_keys': True},
    'GRP2613': {'lines': 3, 'keys': 24, 'screen_keys': True},
    'GRP2614': {'lines': 4, 'keys': 16, 'screen_keys': True},
    'GRP2615': {'lines': 5, 'keys': 40, 'screen_keys': True},
    'GRP2616': {'lines': 6, 'keys': 16, 'screen_keys': True},
    'GXV3350': {'lines': 6, 'keys': 0},
    'GXV3370': {'lines': 6, 'keys': 0},
    'GXV3380': {'lines': 6, 'keys': 0},
    'HT801': {'lines': 1, 'keys': 0, 'adapter': True},
    'HT801V2': {'lines': 1, 'keys': 0, 'adapter': True},
    'HT802': {'lines': 2, 'keys': 0, 'adapter': True},
    'HT802V2': {'lines': 2, 'keys': 0, 'adapter': True},
}


class GrandstreamPlugin(common['BaseGrandstreamPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
