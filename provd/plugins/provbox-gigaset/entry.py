"""Gigaset DECT base stations and managers of the N series.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of accounts, and the form of the file: 'n510', 'n720', or that of the
# newer ones.
MODELS = {
    'N510 IP PRO': {'lines': 6, 'form': 'n510'},
    'N720 DM PRO': {'lines': 100, 'form': 'n720'},
    'N720 IP PRO': {'lines': 100, 'form': 'n720'},
    'N610 IP PRO': {'lines': 8, 'form': 'nx70'},
    'N670 IP PRO': {'lines': 20, 'form': 'nx70'},
    'N770 IP PRO': {'lines': 100, 'form': 'nx70'},
    'N870 IP PRO': {'lines': 250, 'form': 'nx70'},
    'N870E IP PRO': {'lines': 250, 'form': 'nx70'},
    'N870 VI PRO': {'lines': 250, 'form': 'nx70'},
    'N970 IP PRO': {'lines': 250, 'form': 'nx70'},
}


class GigasetPlugin(common['BaseGigasetPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
