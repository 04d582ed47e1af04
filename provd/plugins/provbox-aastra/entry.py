"""Aastra and Mitel 6700, 6800, 6900 and 9000 desk phones.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of lines and of the keys of each kind, and the expansion module that fits.
MODELS = {
    '6730i': {'lines': 6, 'prgkey': 8},
    '6731i': {'lines': 6, 'prgkey': 8},
    '6735i': {'lines': 9, 'prgkey': 6, 'softkey': 20, 'module': 'M675'},
    '6737i': {'lines': 9, 'topsoftkey': 10, 'softkey': 20, 'module': 'M675'},
    '6739i': {'lines': 9, 'softkey': 55, 'module': 'M675'},
    '6751i': {'lines': 1},
    '6753i': {'lines': 9, 'prgkey': 6, 'module': 'M670'},
    '6755i': {'lines': 9, 'prgkey': 6, 'softkey': 20, 'module': 'M675'},
    '6757i': {'lines': 9, 'topsoftkey': 10, 'softkey': 20, 'module': 'M675'},
    '9143i': {'lines': 9, 'prgkey': 7},
    '9480i': {'lines': 9, 'softkey': 6},
    '6863i': {'lines': 2, 'prgkey': 3},
    '6865i': {'lines': 24, 'prgkey': 8, 'module': 'M685'},
    '6867i': {'lines': 24, 'topsoftkey': 20, 'softkey': 18, 'module': 'M685'},
    '6869i': {'lines': 24, 'topsoftkey': 44, 'softkey': 24, 'module': 'M685'},
    '6873i': {'lines': 24, 'topsoftkey': 48, 'softkey': 24, 'module': 'M685'},
    '6905': {'lines': 2, 'prgkey': 3},
    '6910': {'lines': 2, 'prgkey': 8},
    '6915': {'lines': 24, 'topsoftkey': 10, 'module': 'M685'},
    '6920': {'lines': 24, 'topsoftkey': 20, 'softkey': 18, 'module': 'M685'},
    '6920w': {'lines': 24, 'topsoftkey': 20, 'softkey': 18, 'module': 'M685'},
    '6930': {'lines': 24, 'topsoftkey': 44, 'softkey': 24, 'module': 'M685'},
    '6930w': {'lines': 24, 'topsoftkey': 44, 'softkey': 24, 'module': 'M685'},
    '6940': {'lines': 24, 'topsoftkey': 48, 'softkey': 24, 'module': 'M685'},
    '6940w': {'lines': 24, 'topsoftkey': 48, 'softkey': 24, 'module': 'M685'},
    '6970': {'lines': 24, 'topsoftkey': 48, 'softkey': 24},
}


class AastraPlugin(common['BaseAastraPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
