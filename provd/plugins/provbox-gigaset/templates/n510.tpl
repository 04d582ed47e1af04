{% from 'item.tpl' import number, text -%}
{% set ip = 'BS_IP_Data1.' -%}
<PROFILE_NAME class="string" value="Wazo"/>
{{ number(ip + 'ucB_ACCEPT_FOREIGN_SUBNET', 1) }}
{{ number(ip + 'ucB_USE_DHCP', 1) }}
{{ number(ip + 'ucB_VLAN_ENABLED', 1 if vlan_enabled else 0) }}
{% if vlan_enabled -%}
{{ number(ip + 'ucI_VLAN_PRIORITY', vlan_priority or 0) }}
{{ number(ip + 'uiI_VLAN_ID', vlan_id) }}
{% endif -%}
{% for a in XX_accounts -%}
{% set n = '_%d' % a.no -%}
{% set e = '' if a.no == 1 else n -%}
{% if a.enabled -%}
{{ text('BS_Accounts.astAccounts[%d].aucAccountName[0]' % a.index, a.name) }}
{{ number('BS_Accounts.astAccounts[%d].uiSendMask' % a.index, a.mask) }}
{{ number('BS_Accounts.astAccounts[%d].uiReceiveMask' % a.index, a.mask) }}
{{ text(ip + 'aucS_SIP_ACCOUNT_NAME' + n, a.name) }}
{{ text(ip + 'aucS_SIP_DISPLAYNAME' + e, a.display_name) }}
{{ text('BS_IP_Data3.aucS_SIP_LOGIN_ID' + e, a.auth_username) }}
{{ text(ip + 'aucS_SIP_PASSWORD' + e, a.password) }}
{{ text(ip + 'aucS_SIP_USER_ID' + e, a.username) }}
{{ text(ip + 'aucS_SIP_DOMAIN' + e, a.registrar) }}
{{ text(ip + 'aucS_SIP_SERVER' + e, a.server) }}
{{ number(ip + 'uiI_SIP_SERVER_PORT' + e, a.port) }}
{{ text(ip + 'aucS_SIP_REGISTRAR' + e, a.registrar) }}
{{ number(ip + 'uiI_SIP_REGISTRAR_PORT' + e, a.registrar_port) }}
{{ text(ip + 'aucS_OUTBOUND_PROXY' + e, a.outbound_proxy) }}
{{ number(ip + 'uiI_OUTBOUND_PROXY_PORT' + e, a.outbound_port) }}
{{ number(ip + 'ucI_OUTBOUND_PROXY_MODE' + e, 0 if a.outbound_proxy else 1) }}
{{ text(ip + 'aucS_SIP_PROVIDER_NAME' + e, 'Wazo') }}
{{ number(ip + 'ucB_SIP_ACCOUNT_IS_ACTIVE' + n, 1) }}
{{ text('BS_AE_Subscriber.stMtDat[%d].aucTlnName' % a.index, a.number) }}
{{ text(ip + 'aucS_VOIP_NET_AM_NUMBER' + n, a.voicemail) }}
{{ number(ip + 'ucB_VOIP_NET_AM_ENABLED' + n, 1 if a.voicemail else 0) }}
{% else -%}
{{ number(ip + 'ucB_SIP_ACCOUNT_IS_ACTIVE' + n, 0) }}
{{ text(ip + 'aucS_SIP_PASSWORD' + e, '') }}
{{ text(ip + 'aucS_SIP_USER_ID' + e, '') }}
{% endif -%}
{% endfor -%}
{{ number(ip + 'ucB_DTMF_TX_MODE_AUTO', 0) }}
{% if XX_providers -%}
{{ number(ip + 'ucI_DTMF_TX_MODE_BITS', XX_providers[0].dtmf) }}
{% endif -%}
{{ number('BS_IP_Data.ucB_AUTO_UPDATE_PROFILE', 1) }}
{{ number('BS_IP_Data3.ucI_ONESHOT_PROVISIONING_MODE_1', 1) }}
{{ text(ip + 'aucS_DATA_SERVER[0]', XX_server) }}
<S_CONFIGFILE_URL class="string" value='"{{ XX_server }}/{{ XX_filename }}"'/>
{{ number(ip + 'ucB_CT_AFTER_ON_HOOK', 1) }}
{{ number(ip + 'ucB_USE_R_KEY_FOR_CALL_TRANSFER', 1) }}
{# The system PIN, which is the password of the web page too. -#}
{% if XX_pin -%}
<SYMB_ITEM ID="BS_CUSTOM.aucKdsPin[0]" class="symb_item" value="{{ XX_pin }}"/>
{% endif -%}
{% if XX_tone -%}
{{ number('BS_AE_SwConfig.ucCountryCodeTone', XX_tone[0]) }}
{% endif -%}
{% if XX_language -%}
{{ number(ip + 'ucI_HTTPLANGUAGE', XX_language) }}
{% endif -%}
{% if XX_time -%}
{{ number(ip + 'uiI_TIME_TIMEZONE', XX_time.zone) }}
{{ number(ip + 'ucB_TIME_USE_AUTOMATIC_DST', XX_time.changes) }}
{% endif -%}
{% if ntp_enabled -%}
{{ text(ip + 'aucS_TIME_NTP_SERVER', ntp_ip) }}
{% endif -%}
{% if XX_xivo_phonebook_url -%}
{% include 'phonebook.tpl' %}
{% endif -%}
