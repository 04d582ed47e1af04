"""The parameters of telephone adapters and DECT base stations.

They have accounts that refer to servers, and the numbers of neither are those of
the phones.
"""


class GrandstreamProfiles(BaseProvboxPlugin):
    _TRANSPORTS = {'udp': '0', 'tcp': '1', 'tls': '2'}
    _SRTP_MODES = {'disabled': '0', 'preferred': '1', 'required': '2'}
    # What adapters and base stations know of a server, as a profile.
    _PROFILES = (
        {
            'active': 271,
            'server': 47,
            'backup_server': 967,
            'outbound_proxy': 48,
            'transport': 130,
            'srtp': 183,
            'mwi': 99,
            'dtmf': 850,
            'plan': 4200,
            'voicemail': 27680,
        },
        {
            'active': 401,
            'server': 747,
            'backup_server': 987,
            'outbound_proxy': 748,
            'transport': 830,
            'srtp': 443,
            'mwi': 709,
            'dtmf': 860,
            'plan': 4201,
            'voicemail': 27681,
        },
        {
            'active': 501,
            'server': 547,
            'backup_server': 997,
            'outbound_proxy': 548,
            'transport': 530,
            'srtp': 543,
            'mwi': 509,
            'dtmf': 560,
            'plan': 4202,
            'voicemail': 27682,
        },
        {
            'active': 601,
            'server': 602,
            'backup_server': 998,
            'outbound_proxy': 603,
            'transport': 4648,
            'srtp': 643,
            'mwi': 615,
            'dtmf': 4583,
            'plan': 4203,
            'voicemail': 27683,
        },
    )
    # Adapters of one or two ports have a profile for each, and the account in it.
    _OWN_ACCOUNTS = (
        {'username': 35, 'auth_username': 36, 'password': 34, 'display_name': 3},
        {'username': 735, 'auth_username': 736, 'password': 734, 'display_name': 703},
    )
    # Others have a list of accounts, which refer to a profile by number.
    _LISTED_ACCOUNTS = {
        'username': 4060,
        'auth_username': 4090,
        'password': 4120,
        'profile': 4150,
        'display_name': 4180,
        'active': 4595,
    }
    # The account of the first line of each handset.
    _HANDSET_LINES = (4300, 4310, 4320, 4250, 21328)
    # The order in which a way to send DTMF is tried: in audio, as RFC 2833 events,
    # as SIP INFO.
    _DTMF_ORDERS = {
        'RTP-in-band': ('100', '101', '102'),
        'RTP-out-of-band': ('101', '102', '100'),
        'SIP-INFO': ('102', '101', '100'),
    }

    # Any number may be dialled.
    _PLAN = '{ [*x]+ }'
    # The languages in which an adapter speaks to those who dial it.
    _VOICES = {'en': '0', 'es': '10', 'ru': '6', 'zh': '4'}

    def _location(self, url):
        scheme, _, path = url.rpartition('://')
        return {'path': path, 'secure': scheme == 'https'}

    def _guess(self, device):
        """Return what holds for a model that is not in the table."""
        name = str(device.get('model'))
        if name.startswith('HT'):
            return {'lines': 2, 'kind': 'adapter'}
        if name.startswith('DP'):
            return {'lines': 10, 'kind': 'dect', 'profiles': 4, 'handsets': 5}
        return {}

    def _address(self, server, port):
        return f'{server}:{port}' if server else ''

    def _password(self, account):
        # What provd writes for a phone without an account has no password.
        return '' if account['password'] == 'autoprov' else account['password']

    def _profile_parameters(self, config, model):
        """Return the parameters of an adapter or a base station."""
        accounts = self._accounts(config, model['lines'])
        listed = 'profiles' in model
        count = model['profiles'] if listed else model['lines']
        profiles = []
        parameters = []
        for account in accounts:
            index = account['no'] - 1
            if listed:
                numbers = {k: n + index for k, n in self._LISTED_ACCOUNTS.items()}
            else:
                numbers = self._OWN_ACCOUNTS[index]
            values = dict.fromkeys(self._OWN_ACCOUNTS[0], '')
            values['active'], values['profile'] = '0', '0'
            profile = None
            if account['enabled']:
                profile = self._profile(config, account)
                values['username'] = account['username']
                values['auth_username'] = account['auth_username']
                values['password'] = self._password(account)
                values['display_name'] = account['display_name']
                values['active'] = '1'
            if not listed:
                profiles.append(profile)
            elif profile:
                if profile not in profiles and len(profiles) < count:
                    profiles.append(profile)
                elif profile not in profiles:
                    logger.info('too many servers; account %d takes the first', account['no'])
                    profile = profiles[0]
                values['profile'] = str(profiles.index(profile))
            parameters += [
                {'number': number, 'value': values[name]}
                for name, number in numbers.items()
            ]
            if index < model.get('handsets', 0):
                parameters += self._handset_parameters(account)
        profiles += [None] * (count - len(profiles))
        written = []
        for numbers, profile in zip(self._PROFILES, profiles):
            written += self._one_profile(numbers, profile, model)
        return written + parameters

    def _profile(self, config, account):
        """Return what the accounts of one profile have in common."""
        return {
            'active': '1',
            'server': self._address(account['registrar'], account['registrar_port']),
            'backup_server': self._address(
                account['backup_server'], account['backup_port']
            ),
            'outbound_proxy': self._address(
                account['outbound_proxy'], account['outbound_port']
            ),
            'transport': self._TRANSPORTS.get(account['transport'], '0'),
            'srtp': self._SRTP_MODES.get(account['srtp'], '0'),
            'mwi': '1' if config.get('sip_subscribe_mwi') else '0',
            'dtmf': self._DTMF_ORDERS.get(
                account['dtmf'], self._DTMF_ORDERS['RTP-out-of-band']
            ),
            'plan': self._PLAN,
            'voicemail': config.get('exten_voicemail') or '',
        }

    def _one_profile(self, numbers, profile, model):
        if not profile:
            return [
                {'number': numbers['active'], 'value': '0'},
                {'number': numbers['server'], 'value': ''},
            ]
        parameters = []
        for name, value in profile.items():
            if name == 'dtmf':
                parameters += [
                    {'number': numbers['dtmf'] + i, 'value': v}
                    for i, v in enumerate(value)
                ]
            elif name != 'voicemail' or model['kind'] == 'dect':
                parameters.append({'number': numbers[name], 'value': value})
        return parameters

    def _handset_parameters(self, account):
        """Return the name and the line of the handset of an account.

        Every handset has the account of its number; what calls the account rings
        that handset alone.
        """
        index = account['no'] - 1
        name = account['label'] if account['enabled'] else ''
        return [
            {'number': 27020 + index, 'value': name},
            {'number': 27080 + index, 'value': str(account['no'])},
            {
                'number': self._HANDSET_LINES[index],
                'value': str(account['no']) if account['enabled'] else '0',
            },
        ]
