"""Yealink desk phones, conference phones and DECT base stations.

One package for all models: what differs between them is in MODELS.
"""

common = {}
execfile_('shared.py', common)  # noqa: F821
execfile_('common.py', common)  # noqa: F821

# Number of SIP accounts and of line keys (all pages of them), and the kind of
# expansion module that fits. 'common' is the number in the name of the common
# file that the model asks for, where it is documented. The old ones, of firmware
# before 80, have other names for some parameters.
MODELS = {
    'T19P': {'accounts': 1, 'keys': 0, 'old': True, 'common': '31'},
    'T20P': {'accounts': 2, 'keys': 2, 'old': True, 'common': '7'},
    'T21P': {'accounts': 2, 'keys': 2, 'old': True, 'common': '34'},
    'T22P': {'accounts': 3, 'keys': 3, 'old': True, 'common': '5'},
    'T26P': {'accounts': 3, 'keys': 3, 'memory_keys': 10, 'old': True, 'common': '4'},
    'T28P': {'accounts': 6, 'keys': 6, 'memory_keys': 10, 'old': True, 'common': '0'},
    'T32G': {'accounts': 3, 'keys': 3, 'old': True, 'common': '32'},
    'T38G': {'accounts': 6, 'keys': 6, 'memory_keys': 10, 'old': True, 'common': '38'},
    'VP530P': {'accounts': 4, 'keys': 0, 'old': True, 'common': '23'},
    'T19P_E2': {'accounts': 1, 'keys': 0, 'common': '53'},
    'T21P_E2': {'accounts': 2, 'keys': 2, 'common': '52'},
    'T23P': {'accounts': 3, 'keys': 3, 'common': '44'},
    'T23G': {'accounts': 3, 'keys': 3, 'common': '44'},
    'T27P': {'accounts': 6, 'keys': 21, 'modules': 'EXP20', 'common': '45'},
    'T27G': {'accounts': 6, 'keys': 21, 'modules': 'EXP20', 'common': '69'},
    'T29G': {'accounts': 16, 'keys': 27, 'modules': 'EXP20', 'common': '46'},
    'T30': {'accounts': 1, 'keys': 0, 'common': '127'},
    'T30P': {'accounts': 1, 'keys': 0, 'common': '127'},
    'T31': {'accounts': 2, 'keys': 2, 'common': '123'},
    'T31P': {'accounts': 2, 'keys': 2, 'common': '123'},
    'T31G': {'accounts': 2, 'keys': 2, 'common': '123'},
    'T31W': {'accounts': 2, 'keys': 2, 'common': '172'},
    'T33P': {'accounts': 4, 'keys': 12, 'common': '124'},
    'T33G': {'accounts': 4, 'keys': 12, 'common': '124'},
    'T34W': {'accounts': 4, 'keys': 12, 'common': '171'},
    'T40P': {'accounts': 3, 'keys': 3, 'common': '54'},
    'T40G': {'accounts': 3, 'keys': 3, 'common': '76'},
    'T41P': {'accounts': 6, 'keys': 15, 'common': '36'},
    'T41S': {'accounts': 6, 'keys': 15, 'common': '68'},
    'T41U': {'accounts': 6, 'keys': 15, 'common': '116'},
    'T42G': {'accounts': 12, 'keys': 15, 'common': '29'},
    'T42S': {'accounts': 12, 'keys': 15, 'common': '67'},
    'T42U': {'accounts': 12, 'keys': 15, 'common': '116'},
    'T43U': {'accounts': 12, 'keys': 21, 'modules': 'EXP43', 'common': '107'},
    'T44U': {'accounts': 12, 'keys': 24, 'modules': 'EXP43'},
    'T44W': {'accounts': 12, 'keys': 24, 'modules': 'EXP43', 'common': '174'},
    'T46G': {'accounts': 16, 'keys': 27, 'modules': 'EXP40', 'common': '28'},
    'T46S': {'accounts': 16, 'keys': 27, 'modules': 'EXP40', 'common': '66'},
    'T46U': {'accounts': 16, 'keys': 27, 'modules': 'EXP43', 'common': '108'},
    'T48G': {'accounts': 16, 'keys': 29, 'modules': 'EXP40', 'common': '35'},
    'T48S': {'accounts': 16, 'keys': 29, 'modules': 'EXP40', 'common': '65'},
    'T48U': {'accounts': 16, 'keys': 29, 'modules': 'EXP43', 'common': '109'},
    'T52S': {'accounts': 12, 'keys': 21, 'modules': 'EXP50', 'common': '74'},
    'T53': {'accounts': 12, 'keys': 21, 'modules': 'EXP50', 'common': '95'},
    'T53W': {'accounts': 12, 'keys': 21, 'modules': 'EXP50', 'common': '95'},
    'T54S': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '70'},
    'T54W': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '96'},
    'T56A': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '56'},
    'T57W': {'accounts': 16, 'keys': 29, 'modules': 'EXP50', 'common': '97'},
    'T58': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '58'},
    'T58A': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '58'},
    'T58V': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '58'},
    'T58W': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '150'},
    'T73U': {'accounts': 12, 'keys': 21, 'common': '186'},
    'T73W': {'accounts': 12, 'keys': 21, 'common': '183'},
    'T74U': {'accounts': 12, 'keys': 24, 'common': '187'},
    'T74W': {'accounts': 12, 'keys': 24, 'common': '184'},
    'T77U': {'accounts': 16, 'keys': 29, 'common': '188'},
    'T85W': {'accounts': 16, 'keys': 27, 'common': '196'},
    'T87W': {'accounts': 16, 'keys': 29, 'common': '197'},
    'T88W': {'accounts': 16, 'keys': 27, 'common': '192'},
    'T88V': {'accounts': 16, 'keys': 27, 'common': '192'},
    'VP59': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '91'},
    'CP920': {'accounts': 1, 'keys': 0, 'common': '78'},
    'CP925': {'accounts': 1, 'keys': 0, 'common': '148'},
    'CP935W': {'accounts': 1, 'keys': 0},
    'CP960': {'accounts': 1, 'keys': 0, 'common': '73'},
    'CP965': {'accounts': 1, 'keys': 0, 'common': '143'},
    'AX83H': {'accounts': 4, 'keys': 0, 'common': '180'},
    'AX86R': {'accounts': 4, 'keys': 0, 'common': '182'},
    'W52P': {'accounts': 5, 'keys': 0, 'handsets': 5, 'common': '25'},
    'W56P': {'accounts': 5, 'keys': 0, 'handsets': 5, 'common': '25'},
    'W60B': {'accounts': 8, 'keys': 0, 'handsets': 8, 'common': '77'},
    'W70B': {'accounts': 10, 'keys': 0, 'handsets': 10, 'common': '146'},
    'W75B': {'accounts': 50, 'keys': 0, 'handsets': 50, 'common': '175'},
    'W75DM': {'accounts': 50, 'keys': 0, 'handsets': 50, 'common': '175'},
    'W80': {'accounts': 100, 'keys': 0, 'handsets': 100, 'common': '103'},
    'W80B': {'accounts': 100, 'keys': 0, 'handsets': 100, 'common': '103'},
    'W80DM': {'accounts': 100, 'keys': 0, 'handsets': 100, 'common': '103'},
    'W90B': {'accounts': 250, 'keys': 0, 'handsets': 250, 'common': '130'},
    'W90DM': {'accounts': 250, 'keys': 0, 'handsets': 250, 'common': '130'},
    'T49G': {'accounts': 16, 'keys': 29, 'common': '51'},
    'T53C': {'accounts': 12, 'keys': 21, 'modules': 'EXP50'},
    'T54': {'accounts': 16, 'keys': 27, 'modules': 'EXP50', 'common': '96'},
    'T57': {'accounts': 16, 'keys': 29, 'modules': 'EXP50', 'common': '97'},
    'T74': {'accounts': 12, 'keys': 24},
    'T73': {'accounts': 12, 'keys': 21},
    'T77': {'accounts': 16, 'keys': 29},
    'T85': {'accounts': 16, 'keys': 27},
    'T87': {'accounts': 16, 'keys': 29},
    'T88': {'accounts': 16, 'keys': 27},
    'CP860': {'accounts': 1, 'keys': 0, 'common': '37'},
    'W90': {'accounts': 250, 'keys': 0, 'handsets': 250, 'common': '130'},
}


class YealinkPlugin(common['BaseYealinkPlugin']):
    IS_PLUGIN = True

    _MODELS = MODELS

    pg_associator = common['VendorPgAssociator'](common['VENDOR'], MODELS)
