"""The names that Cisco's phones have for languages, tones and time zones."""


class CiscoLocales(BaseProvboxPlugin):
    # Name of the folder of a locale, its language code, and the folder of the
    # tones of a country.
    _USER_LOCALES = {
        'de_DE': ('german_germany', 'de'),
        'en_GB': ('english_united_kingdom', 'en'),
        'en_US': ('english_united_states', 'en'),
        'es_ES': ('spanish_spain', 'es'),
        'fr_CA': ('french_canada', 'fr'),
        'fr_FR': ('french_france', 'fr'),
        'it_IT': ('italian_italy', 'it'),
        'nl_NL': ('dutch_netherlands', 'nl'),
        'pt_BR': ('portuguese_brazil', 'pt'),
        'pt_PT': ('portuguese_portugal', 'pt'),
    }
    _NETWORK_LOCALES = {
        'AT': 'austria',
        'AU': 'australia',
        'BE': 'belgium',
        'BR': 'brazil',
        'CA': 'canada',
        'CH': 'switzerland',
        'DE': 'germany',
        'DK': 'denmark',
        'ES': 'spain',
        'FR': 'france',
        'GB': 'united_kingdom',
        'IE': 'ireland',
        'IT': 'italy',
        'LU': 'luxembourg',
        'NL': 'netherlands',
        'PT': 'portugal',
        'US': 'united_states',
    }
    # The phones know time zones by names of their own: minutes east of
    # Greenwich, whether the clocks change, and the name.
    _TIME_ZONES = [
        (-720, False, 'Dateline Standard Time'),
        (-660, False, 'Samoa Standard Time'),
        (-600, False, 'Hawaiian Standard Time'),
        (-540, True, 'Alaskan Standard/Daylight Time'),
        (-480, True, 'Pacific Standard/Daylight Time'),
        (-420, True, 'Mountain Standard/Daylight Time'),
        (-420, False, 'US Mountain Standard Time'),
        (-360, True, 'Central Standard/Daylight Time'),
        (-360, False, 'Canada Central Standard Time'),
        (-300, True, 'Eastern Standard/Daylight Time'),
        (-300, False, 'SA Pacific Standard Time'),
        (-240, True, 'Atlantic Standard/Daylight Time'),
        (-240, False, 'SA Western Standard Time'),
        (-210, True, 'Newfoundland Standard/Daylight Time'),
        (-180, True, 'South America Standard/Daylight Time'),
        (-180, False, 'SA Eastern Standard Time'),
        (-120, True, 'Mid-Atlantic Standard/Daylight Time'),
        (-60, True, 'Azores Standard/Daylight Time'),
        (0, True, 'GMT Standard/Daylight Time'),
        (0, False, 'Greenwich Standard Time'),
        (60, True, 'Central Europe Standard/Daylight Time'),
        (120, True, 'GTB Standard/Daylight Time'),
        (120, False, 'South Africa Standard Time'),
        (180, True, 'Russian Standard/Daylight Time'),
        (180, False, 'Saudi Arabia Standard Time'),
        (210, True, 'Iran Standard/Daylight Time'),
        (240, True, 'Caucasus Standard/Daylight Time'),
        (240, False, 'Arabian Standard Time'),
        (270, False, 'Afghanistan Standard Time'),
        (300, False, 'West Asia Standard Time'),
        (330, False, 'India Standard Time'),
        (360, False, 'Central Asia Standard Time'),
        (420, False, 'SE Asia Standard Time'),
        (480, False, 'Taipei Standard Time'),
        (540, False, 'Tokyo Standard Time'),
        (570, True, 'Cen. Australia Standard/Daylight Time'),
        (570, False, 'AUS Central Standard Time'),
        (600, True, 'AUS Eastern Standard/Daylight Time'),
        (600, False, 'West Pacific Standard Time'),
        (660, False, 'Central Pacific Standard Time'),
        (720, True, 'New Zealand Standard/Daylight Time'),
        (720, False, 'Fiji Standard Time'),
    ]

    def _timezone(self, name):
        if not name:
            return None
        try:
            zone = tzinform.get_timezone_info(name)
        except tzinform.TimezoneNotFoundError:
            logger.info('unknown time zone %s', name)
            return None
        offset = zone['utcoffset'].as_minutes
        changes = zone['dst'] is not None
        # The nearest zone that changes its clocks or not, as this one does.
        return min(
            self._TIME_ZONES,
            key=lambda z: (abs(z[0] - offset), z[1] != changes),
        )[2]

    def _add_locale(self, config):
        locale = config.get('locale') or ''
        _, _, country = locale.partition('_')
        config['XX_user_locale'] = self._USER_LOCALES.get(locale)
        config['XX_network_locale'] = self._NETWORK_LOCALES.get(country)
