{% from 'item.tpl' import number, text -%}
{% set netdirs = 'BS_XML_Netdirs.' -%}
{% set dir = netdirs + 'astNetdirProvider[0].' -%}
{% set end = '[%]' if XX_form == 'n720' else '' -%}
{% for name in ('aucAvailableNetdirs', 'aucActivatedNetdirs', 'aucNetdirSelForDirectAccess', 'aucNetdirSelForIntKey', 'aucNetdirSelForAutoLookup') -%}
{{ number(netdirs + name + end, 42) }}
{% endfor -%}
{{ text(dir + 'aucProviderName' + end, 'Wazo') }}
{{ text(dir + 'aucPrivatePagesDirName' + end, 'Wazo') }}
{{ text(dir + 'aucServerURL' + end, XX_xivo_phonebook_url) }}
{{ number(dir + 'bitfldCap.bSearchPeopleCap', 1) }}
{{ number(dir + 'bitfldCap.bReverseSearchCap', 1) }}
