{% macro param(name, value) -%}
<param name="{{ name }}" value="{{ value }}"/>
{%- endmacro -%}
<?xml version="1.0" encoding="UTF-8"?>
<provisioning version="1.1" productID="e2">
<nvm>
<oper name="DeleteNotProvisionedHS"/>
{{ param('Provisioning.global.ProvisioningServer', XX_server_url) }}
{# Nobody else may tell the station where its files are. -#}
{{ param('SystemSettings.global.SipMulticastEnabled', 0) }}
{{ param('DmGlobal.0.HSIdleDisplay', 1) }}
{% if admin_password -%}
{{ param('WebUIAccounts.1.Password', admin_password) }}
{% endif -%}
{% if XX_tone -%}
{{ param('Telephony.0.ToneScheme', XX_tone[1]) }}
{% endif -%}
{{ param('Telephony.0.CT_ViaRKey', 1) }}
{{ param('Telephony.0.CT_ByOnHook', 1) }}
{% if ntp_enabled -%}
{{ param('DmGlobal.0.NtpServer', ntp_ip) }}
{% endif -%}
{% if XX_time.name -%}
{{ param('DmGlobal.0.TimeZone', XX_time.name) }}
{% endif -%}
{% for provider in XX_providers -%}
{% set p = 'SipProvider.%d.' % loop.index0 -%}
{{ param(p + 'Name', 'Wazo%d' % loop.index0) }}
{{ param(p + 'Domain', provider.registrar) }}
{{ param(p + 'ProxyServerAddress', provider.server) }}
{{ param(p + 'ProxyServerPort', provider.port) }}
{{ param(p + 'RegServerAddress', provider.registrar) }}
{{ param(p + 'RegServerPort', provider.registrar_port) }}
{{ param(p + 'RegServerRefreshTimer', 180) }}
{{ param(p + 'TransportProtocol', provider.transport) }}
{{ param(p + 'UseSIPS', 0) }}
{{ param(p + 'SRTP_Enabled', provider.srtp[0]) }}
{{ param(p + 'AcceptNonSRTPCalls', provider.srtp[1]) }}
{{ param(p + 'DTMFTransmission', provider.dtmf) }}
{{ param(p + 'DnsQuery', 0) }}
{{ param(p + 'FailoverServerEnabled', 1 if provider.backup_server else 0) }}
{% if provider.backup_server -%}
{{ param(p + 'FailoverServerAddress', provider.backup_server) }}
{{ param(p + 'FailoverServerPort', provider.backup_port) }}
{% endif -%}
{{ param(p + 'OutboundProxyMode', 0 if provider.outbound_proxy else 2) }}
{% if provider.outbound_proxy -%}
{{ param(p + 'OutboundProxyAddress', provider.outbound_proxy) }}
{{ param(p + 'OutboundProxyPort', provider.outbound_port) }}
{% endif -%}
{{ param(p + 'MWISubscription', 1 if sip_subscribe_mwi else 0) }}
{% endfor -%}
{% for a in XX_accounts if a.enabled -%}
{% set account = 'SipAccount.%s.' % a.id -%}
<oper name="add_hs" value="{{ a.id }}">
{{ param('hs.RegStatus', 'ToReg') }}
</oper>
{{ param('hs.%s.DECT_AC' % a.id, a.pin) }}
{{ param(account + 'AuthName', a.auth_username) }}
{{ param(account + 'AuthPassword', a.password) }}
{{ param(account + 'UserName', a.username) }}
{{ param(account + 'DisplayName', a.name) }}
{{ param(account + 'ProviderId', a.provider) }}
{% if XX_xivo_phonebook_url -%}
{# The key for calls inside opens the online directory. -#}
{{ param('hs.%s.DirectAccessDir' % a.id, 0) }}
{{ param('hs.%s.IntKeyDir' % a.id, 20) }}
{% endif -%}
{% if a.voicemail -%}
{{ param(account + 'VoiceMailActive', 1) }}
{{ param(account + 'VoiceMailMailbox', a.voicemail) }}
{% endif -%}
{% endfor -%}
{% if XX_xivo_phonebook_url -%}
{{ param('Netdir.1.Activated', 1) }}
{{ param('XMLDir.1.ProviderName', 'Wazo') }}
{{ param('XMLDir.1.ServerURL', XX_xivo_phonebook_url) }}
{{ param('XMLDir.1.WhitePagesDirName', 'Wazo') }}
{{ param('XMLDir.1.StartWithListWP', 1) }}
{% endif -%}
{% if XX_providers -%}
<oper name="update_dm" value="local">
{{ param('RegStart', XX_now) }}
{{ param('RegDuration', 900) }}
{{ param('DMPpasswd', 'Gigaset') }}
</oper>
{% endif -%}
</nvm>
</provisioning>
