"""Grandstream phones, telephone adapters and DECT base stations.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('profiles.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of accounts and of keys; how many of these are on the screen, which have
# other parameters, and how many of those are the keys of lines, for models that
# number the modes of these apart. On some the keys are in an app. The kind says
# what is no phone; 'profiles' is the number of servers where accounts refer to one.
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
    'GXP1628': {'lines': 2, 'keys': 8},
    'GXP1630': {'lines': 3, 'keys': 8},
    'GXP2000': {'lines': 4, 'keys': 7},
    'GXP2100': {'lines': 4, 'keys': 7},
    'GXP2110': {'lines': 4, 'keys': 18},
    'GXP2120': {'lines': 6, 'keys': 7},
    'GXP2124': {'lines': 4, 'keys': 24},
    'GXP2130': {'lines': 3, 'keys': 8, 'screen_keys': 8, 'line_keys': 3},
    'GXP2135': {'lines': 4, 'keys': 32, 'screen_keys': 32, 'line_keys': 8},
    'GXP2140': {'lines': 4, 'keys': 16, 'screen_keys': 16, 'line_keys': 4},
    'GXP2160': {'lines': 6, 'keys': 48, 'screen_keys': 24, 'line_keys': 6},
    'GXP2170': {'lines': 6, 'keys': 48, 'screen_keys': 48, 'line_keys': 12},
    'GXP2200': {'lines': 6, 'keys': 7},
    'GRP2601': {'lines': 2, 'keys': 0},
    'GRP2602': {'lines': 2, 'keys': 0},
    'GRP2603': {'lines': 3, 'keys': 0},
    'GRP2604': {'lines': 3, 'keys': 0},
    'GRP2612': {'lines': 2, 'keys': 16, 'screen_keys': 16},
    'GRP2613': {'lines': 3, 'keys': 24, 'screen_keys': 24},
    'GRP2614': {'lines': 4, 'keys': 40, 'screen_keys': 16},
    'GRP2615': {'lines': 5, 'keys': 40, 'screen_keys': 40},
    'GRP2616': {'lines': 6, 'keys': 40, 'screen_keys': 16},
    'GXV3350': {'lines': 6, 'keys': 160, 'app_keys': True},
    'GXV3370': {'lines': 6, 'keys': 160, 'app_keys': True},
    'GXV3380': {'lines': 6, 'keys': 160, 'app_keys': True},
    'HT801': {'lines': 1, 'kind': 'adapter'},
    'HT801V2': {'lines': 1, 'kind': 'adapter'},
    'HT802': {'lines': 2, 'kind': 'adapter'},
    'HT802V2': {'lines': 2, 'kind': 'adapter'},
    'GXP1760': {'lines': 3, 'keys': 24, 'screen_keys': 24, 'line_keys': 6},
    'GXP1760W': {'lines': 3, 'keys': 24, 'screen_keys': 24, 'line_keys': 6},
    'GXP1780': {'lines': 4, 'keys': 32, 'screen_keys': 32, 'line_keys': 8},
    'GXP1782': {'lines': 4, 'keys': 32, 'screen_keys': 32, 'line_keys': 8},
    'GRP2601P': {'lines': 2, 'keys': 0},
    'GRP2601W': {'lines': 2, 'keys': 0},
    'GRP2602G': {'lines': 2, 'keys': 0},
    'GRP2602P': {'lines': 2, 'keys': 0},
    'GRP2602W': {'lines': 2, 'keys': 0},
    'GRP2603P': {'lines': 3, 'keys': 0},
    'GRP2604P': {'lines': 3, 'keys': 0},
    'GRP2612G': {'lines': 2, 'keys': 16, 'screen_keys': 16},
    'GRP2612P': {'lines': 2, 'keys': 16, 'screen_keys': 16},
    'GRP2612W': {'lines': 2, 'keys': 16, 'screen_keys': 16},
    'GRP2613W': {'lines': 3, 'keys': 24, 'screen_keys': 24},
    'GRP2624': {'lines': 4, 'keys': 40, 'screen_keys': 40},
    'GRP2634': {'lines': 4, 'keys': 40, 'screen_keys': 40},
    'GRP2636': {'lines': 6, 'keys': 48, 'screen_keys': 48},
    'GRP2650': {'lines': 6, 'keys': 48, 'screen_keys': 48},
    'GRP2670': {'lines': 6, 'keys': 48, 'screen_keys': 48},
    'GXV3240': {'lines': 6, 'keys': 0},
    'GXV3275': {'lines': 6, 'keys': 0},
    'GXV3450': {'lines': 6, 'keys': 160, 'app_keys': True},
    'GXV3470': {'lines': 6, 'keys': 160, 'app_keys': True},
    'GXV3480': {'lines': 6, 'keys': 160, 'app_keys': True},
    'GHP610': {'lines': 2, 'keys': 0},
    'GHP610W': {'lines': 2, 'keys': 0},
    'GHP611': {'lines': 2, 'keys': 0},
    'GHP611W': {'lines': 2, 'keys': 0},
    'GHP620': {'lines': 2, 'keys': 0},
    'GHP620W': {'lines': 2, 'keys': 0},
    'GHP621': {'lines': 2, 'keys': 0},
    'GHP621W': {'lines': 2, 'keys': 0},
    'GHP630': {'lines': 2, 'keys': 0},
    'GHP630W': {'lines': 2, 'keys': 0},
    'GHP631': {'lines': 2, 'keys': 0},
    'GHP631W': {'lines': 2, 'keys': 0},
    'GAC2500': {'lines': 6, 'keys': 0},
    'GAC2570': {'lines': 6, 'keys': 0},
    'WP810': {'lines': 2, 'keys': 0},
    'WP816': {'lines': 2, 'keys': 0},
    'WP820': {'lines': 2, 'keys': 0},
    'WP822': {'lines': 2, 'keys': 0},
    'WP825': {'lines': 2, 'keys': 0},
    'WP826': {'lines': 2, 'keys': 0},
    'WP836': {'lines': 2, 'keys': 0},
    'HT812': {'lines': 2, 'kind': 'adapter'},
    'HT812V2': {'lines': 2, 'kind': 'adapter'},
    'HT814': {'lines': 4, 'kind': 'adapter', 'profiles': 2},
    'HT814V2': {'lines': 4, 'kind': 'adapter', 'profiles': 2},
    'HT818': {'lines': 8, 'kind': 'adapter', 'profiles': 2},
    'HT818V2': {'lines': 8, 'kind': 'adapter', 'profiles': 2},
    'DP750': {'lines': 10, 'kind': 'dect', 'profiles': 4, 'handsets': 5},
    'DP752': {'lines': 10, 'kind': 'dect', 'profiles': 4, 'handsets': 5},
    'DP755': {'lines': 10, 'kind': 'dect', 'profiles': 4, 'handsets': 5},
    'HT813': {'lines': 2, 'kind': 'adapter'},
}


class GrandstreamPlugin(common['BaseGrandstreamPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
