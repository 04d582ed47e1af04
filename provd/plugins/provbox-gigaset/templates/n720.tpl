{% from 'item.tpl' import number, text -%}
{% set ip = 'BS_IP_Data.' -%}
{% set voip = 'BS_VOIP_Data.' -%}
<PROFILE_NAME class="string" value="Wazo"/>
{{ number(ip + 'ucB_USE_DHCP', 1) }}
{{ number(ip + 'ucB_VLAN_ENABLED', 1 if vlan_enabled else 0) }}
{% if vlan_enabled -%}
{{ number(ip + 'ucI_VLAN_PRIORITY', vlan_priority or 0) }}
{{ number(ip + 'uiI_VLAN_ID', vlan_id) }}
{% endif -%}
{{ number(ip + 'ucB_DO_CHECK_FOR_FIRMWARE_UPDATES', 0) }}
{{ number(ip + 'ucB_DO_CHECK_FOR_PROFILE_UPDATES', 1) }}
{% if admin_password -%}
{{ text('BS_CUSTOM.WebUIPassword', admin_password) }}
{% endif -%}
{% if XX_language -%}
{{ number(ip + 'ucI_HTTPLANGUAGE', XX_language) }}
{% endif -%}
{% if XX_tone -%}
{{ number('BS_AE_SwConfig.ucCountryCodeTone', XX_tone[0]) }}
{% endif -%}
{% if XX_time -%}
{{ number(ip + 'uiI_TIME_TIMEZONE', XX_time.zone) }}
{{ number(ip + 'ucB_TIME_USE_AUTOMATIC_DST', XX_time.changes) }}
{% endif -%}
{% if ntp_enabled -%}
{{ text(ip + 'aucS_TIME_NTP_SERVER[%]', ntp_ip) }}
{{ number(ip + 'ucB_TIME_USE_AUTOMATIC_NTP_SYN', 1) }}
{% endif -%}
{% for provider in XX_providers[:10] -%}
{% set p = voip + 'astVoipProviders[%d].' % loop.index0 -%}
{{ text(p + 'aucSIP_PROVIDER_NAME[%]', 'Wazo') }}
{{ text(p + 'aucSIP_DOMAIN[%]', provider.registrar) }}
{{ text(p + 'aucSIP_SERVER[%]', provider.server) }}
{{ number(p + 'uiSIP_SERVER_PORT', provider.port) }}
{{ text(p + 'aucSIP_REGISTRAR[%]', provider.registrar) }}
{{ number(p + 'uiSIP_REGISTRAR_PORT', provider.registrar_port) }}
{{ text(p + 'aucOUTBOUND_PROXY[%]', provider.outbound_proxy) }}
{{ number(p + 'uiOUTBOUND_PROXY_PORT', provider.outbound_port) }}
{{ number(p + 'ucOUTBOUND_PROXY_MODE', 0 if provider.outbound_proxy else 2) }}
{% endfor -%}
{{ number(voip + 'ucB_DTMF_TX_MODE_AUTO', 0) }}
{% if XX_providers -%}
{{ number(voip + 'ucI_DTMF_TX_MODE_BITS', XX_providers[0].dtmf) }}
{% endif -%}
{{ number(voip + 'ucB_USE_R_KEY_FOR_CALL_TRANSFER', 1) }}
{% for a in XX_accounts -%}
{% set account = voip + 'astVoipAccounts[%d].' % a.index -%}
{% if a.enabled -%}
{{ number(account + 'ucVoipProviderIndex', a.provider if a.provider < 10 else 0) }}
{{ text(account + 'aucS_SIP_DISPLAYNAME[0]', a.name) }}
{{ text(account + 'aucS_SIP_LOGIN_ID[0]', a.auth_username) }}
{{ text(account + 'aucS_SIP_PASSWORD[0]', a.password) }}
{{ text(account + 'aucS_SIP_USER_ID[0]', a.username) }}
{{ number(account + 'ucB_SIP_ACCOUNT_IS_ACTIVE_1', 1) }}
{{ text(account + 'aucS_VOIP_NET_AM_NUMBER_1[%]', a.voicemail) }}
{{ number(account + 'ucB_VOIP_NET_AM_ENABLED_1', 1 if a.voicemail else 0) }}
{% else -%}
{{ number(account + 'ucB_SIP_ACCOUNT_IS_ACTIVE_1', 0) }}
{% endif -%}
{% endfor -%}
{% if XX_xivo_phonebook_url -%}
{% include 'phonebook.tpl' %}
{% endif -%}
