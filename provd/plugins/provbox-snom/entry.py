"""Snom desk phones, conference phones and DECT base stations.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of identities, of keys and of expansion modules.
MODELS = {
    '300': {'lines': 12, 'keys': 6},
    '320': {'lines': 12, 'keys': 12, 'modules': 1},
    '360': {'lines': 12, 'keys': 12, 'modules': 1},
    '370': {'lines': 12, 'keys': 12, 'modules': 1},
    '710': {'lines': 4, 'keys': 5},
    '715': {'lines': 4, 'keys': 5},
    '720': {'lines': 12, 'keys': 18, 'modules': 1},
    '725': {'lines': 12, 'keys': 18, 'modules': 3},
    '760': {'lines': 12, 'keys': 16, 'modules': 3},
    '820': {'lines': 12, 'keys': 12},
    '821': {'lines': 12, 'keys': 12},
    '870': {'lines': 12, 'keys': 15},
    'D120': {'lines': 2, 'keys': 0},
    'D140': {'lines': 2, 'keys': 2},
    'D150': {'lines': 2, 'keys': 2},
    'D305': {'lines': 4, 'keys': 5, 'modules': 3},
    'D315': {'lines': 4, 'keys': 5, 'modules': 3},
    'D335': {'lines': 12, 'keys': 32, 'modules': 3},
    'D345': {'lines': 12, 'keys': 48, 'modules': 3},
    'D375': {'lines': 12, 'keys': 12, 'modules': 3},
    'D385': {'lines': 12, 'keys': 48, 'modules': 3},
    'D710': {'lines': 4, 'keys': 5},
    'D712': {'lines': 4, 'keys': 5},
    'D713': {'lines': 6, 'keys': 4},
    'D715': {'lines': 4, 'keys': 5},
    'D717': {'lines': 6, 'keys': 3, 'modules': 3},
    'D725': {'lines': 12, 'keys': 18, 'modules': 3},
    'D735': {'lines': 12, 'keys': 32, 'modules': 3},
    'D745': {'lines': 12, 'keys': 32, 'modules': 3},
    'D765': {'lines': 12, 'keys': 16, 'modules': 3},
    'D785': {'lines': 12, 'keys': 24, 'modules': 3},
    'D810': {'lines': 12, 'keys': 16, 'modules': 3},
    'D812': {'lines': 12, 'keys': 32, 'modules': 3},
    'D815': {'lines': 12, 'keys': 40, 'modules': 3},
    'D862': {'lines': 8, 'keys': 32, 'modules': 3},
    'D865': {'lines': 12, 'keys': 40, 'modules': 3},
    'D892': {'lines': 12, 'keys': 40, 'modules': 3},
    'MP': {'lines': 12, 'keys': 0},
    'PA1': {'lines': 1, 'keys': 0},
    'PA1plus': {'lines': 1, 'keys': 0},
    'M300': {'lines': 20, 'keys': 0, 'dect': True},
    'M400': {'lines': 20, 'keys': 0, 'dect': True},
    'M700': {'lines': 1000, 'keys': 0, 'dect': True},
    'M900': {'lines': 1000, 'keys': 0, 'dect': True},
}


class SnomPlugin(common['BaseSnomPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['SnomPgAssociator'](common['VENDOR'], MODELS)
