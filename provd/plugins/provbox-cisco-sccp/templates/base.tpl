<?xml version="1.0" encoding="UTF-8"?>
<device>
<deviceProtocol>{{ 'SIP' if XX_sip else 'SCCP' }}</deviceProtocol>
<sshUserId>{{ admin_username or '' }}</sshUserId>
<sshPassword>{{ admin_password or '' }}</sshPassword>
<devicePool>
<dateTimeSetting>
  <dateTemplate>{{ 'M/D/Y' if locale == 'en_US' else 'D/M/Y' }}</dateTemplate>
  {%- if XX_timezone %}
  <timeZone>{{ XX_timezone }}</timeZone>
  {%- endif %}
  {%- if ntp_enabled %}
  <ntps>
    <ntp>
      <name>{{ ntp_ip }}</name>
      <ntpMode>Unicast</ntpMode>
    </ntp>
  </ntps>
  {%- endif %}
</dateTimeSetting>
{% include 'callmanagers.tpl' %}
</devicePool>
{%- if XX_sip %}
{% include 'sip.tpl' %}
{%- endif %}
<commonProfile>
  <phonePassword>{{ user_password or '' }}</phonePassword>
  <backgroundImageAccess>true</backgroundImageAccess>
  <callLogBlfEnabled>0</callLogBlfEnabled>
</commonProfile>
<loadInformation></loadInformation>
<vendorConfig>
  <disableSpeaker>false</disableSpeaker>
  <disableSpeakerAndHeadset>false</disableSpeakerAndHeadset>
  <pcPort>0</pcPort>
  <settingsAccess>1</settingsAccess>
  <garp>0</garp>
  <voiceVlanAccess>0</voiceVlanAccess>
  <autoSelectLineEnable>0</autoSelectLineEnable>
  <webAccess>0</webAccess>
  {%- if vlan_enabled %}
  <adminVlanId>{{ vlan_id }}</adminVlanId>
  {%- endif %}
  {%- if XX_sip and syslog_enabled %}
  <logServer>{{ syslog_ip }}:{{ syslog_port or 514 }}</logServer>
  {%- endif %}
</vendorConfig>
<versionStamp>{{ config_version or 0 }}</versionStamp>
{%- if XX_user_locale %}
<userLocale>
  <name>i18n/{{ XX_user_locale[0] }}</name>
  <langCode>{{ XX_user_locale[1] }}</langCode>
</userLocale>
{%- endif %}
{%- if XX_network_locale %}
<networkLocale>i18n/{{ XX_network_locale }}</networkLocale>
<networkLocaleInfo>
  <name>i18n/{{ XX_network_locale }}</name>
</networkLocaleInfo>
{%- endif %}
<idleTimeout>0</idleTimeout>
<authenticationURL></authenticationURL>
<directoryURL>{{ XX_xivo_phonebook_url or '' }}</directoryURL>
<idleURL></idleURL>
<informationURL></informationURL>
<messagesURL></messagesURL>
<proxyServerURL></proxyServerURL>
<servicesURL></servicesURL>
<capfAuthMode>0</capfAuthMode>
{%- if XX_sip %}
<deviceSecurityMode>{{ XX_security }}</deviceSecurityMode>
{%- endif %}
<transportLayerProtocol>{{ XX_transport if XX_sip else 1 }}</transportLayerProtocol>
</device>
