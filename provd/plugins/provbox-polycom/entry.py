"""Polycom and Poly desk phones and conference phones.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of registrations, of keys and of expansion modules.
MODELS = {
    'SPIP301': {'lines': 2, 'keys': 0},
    'SPIP320': {'lines': 2, 'keys': 0},
    'SPIP321': {'lines': 2, 'keys': 0},
    'SPIP330': {'lines': 2, 'keys': 0},
    'SPIP331': {'lines': 2, 'keys': 0},
    'SPIP335': {'lines': 2, 'keys': 0},
    'SPIP430': {'lines': 2, 'keys': 0},
    'SPIP450': {'lines': 3, 'keys': 3},
    'SPIP501': {'lines': 3, 'keys': 0},
    'SPIP550': {'lines': 4, 'keys': 4},
    'SPIP560': {'lines': 4, 'keys': 4},
    'SPIP600': {'lines': 6, 'keys': 0},
    'SPIP601': {'lines': 6, 'keys': 0},
    'SPIP650': {'lines': 6, 'keys': 48},
    'SPIP670': {'lines': 6, 'keys': 48},
    'SSIP4000': {'lines': 1, 'keys': 0},
    'SSIP5000': {'lines': 1, 'keys': 0},
    'SSIP6000': {'lines': 1, 'keys': 0},
    'SSIP7000': {'lines': 1, 'keys': 0},
    'VVX101': {'lines': 1, 'keys': 2},
    'VVX150': {'lines': 2, 'keys': 2},
    'VVX200': {'lines': 2, 'keys': 2},
    'VVX201': {'lines': 2, 'keys': 2},
    'VVX250': {'lines': 4, 'keys': 4},
    'VVX300': {'lines': 6, 'keys': 6, 'modules': 3},
    'VVX301': {'lines': 6, 'keys': 6, 'modules': 3},
    'VVX310': {'lines': 6, 'keys': 6, 'modules': 3},
    'VVX311': {'lines': 6, 'keys': 6, 'modules': 3},
    'VVX350': {'lines': 6, 'keys': 6},
    'VVX400': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX401': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX410': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX411': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX450': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX500': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX501': {'lines': 12, 'keys': 12, 'modules': 3},
    'VVX600': {'lines': 16, 'keys': 16, 'modules': 3},
    'VVX601': {'lines': 16, 'keys': 16, 'modules': 3},
    'VVX1500': {'lines': 6, 'keys': 6},
    'CCX350': {'lines': 4, 'keys': 4},
    'CCX400': {'lines': 24, 'keys': 24},
    'CCX500': {'lines': 24, 'keys': 24},
    'CCX505': {'lines': 24, 'keys': 24},
    'CCX600': {'lines': 24, 'keys': 24},
    'CCX700': {'lines': 24, 'keys': 24},
    'EdgeE100': {'lines': 2, 'keys': 2},
    'EdgeE220': {'lines': 4, 'keys': 16},
    'EdgeE300': {'lines': 8, 'keys': 32},
    'EdgeE320': {'lines': 8, 'keys': 32},
    'EdgeE350': {'lines': 8, 'keys': 32},
    'EdgeE400': {'lines': 14, 'keys': 56},
    'EdgeE450': {'lines': 14, 'keys': 56},
    'EdgeE500': {'lines': 16, 'keys': 64},
    'EdgeE550': {'lines': 16, 'keys': 64},
    'Trio8300': {'lines': 1, 'keys': 0},
    'Trio8500': {'lines': 1, 'keys': 0},
    'Trio8800': {'lines': 3, 'keys': 0},
    'TrioC60': {'lines': 3, 'keys': 0},
}


class PolycomPlugin(common['BasePolycomPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
