{# Settings that all models share. -#}
<?xml version="1.0" encoding="UTF-8"?>
<settings model="{{ model|e }}" serial="{{ mac|replace(':', '')|upper }}">
  <network>
    <vlan enabled="{{ vlan_enabled|d(false)|int }}"{% if vlan_enabled %} id="{{ vlan_id|d(1) }}" priority="{{ vlan_priority|d(0) }}"{% endif %}/>
    <ntp enabled="{{ ntp_enabled|int }}" server="{{ ntp_ip|d('pool.ntp.org') }}" zone="{{ XX_timezone|e }}"/>
{%- if syslog_enabled %}
    <syslog server="{{ syslog_ip }}" port="{{ syslog_port|d(514) }}" level="{{ syslog_level|lower }}"/>
{%- endif %}
    <web user="{{ admin_username|d('admin')|e }}" password="{{ admin_password|d('admin')|e }}"/>
  </network>
{% block sip %}
  <sip port="{{ sip_proxy_port|d(5060) }}" transport="{{ sip_transport|d('udp')|upper }}" srtp="{{ {'disabled': 0, 'preferred': 1, 'required': 2}[sip_srtp_mode|d('disabled')] }}">
    <dtmf mode="{{ sip_dtmf_mode|d('RTP-out-of-band') }}"/>
    <subscribe mwi="{{ (sip_subscribe_mwi or 0)|int }}" expires="{{ '%d'|format(sip_expires|d(3600)) }}"/>
{%- for line_no, line in sip_lines|dictsort %}
    <line id="{{ line_no }}" index="{{ loop.index0 }}"{% if loop.last %} last="1"{% endif %}>
      <label>{{ line['display_name']|e }}{% if line['number'] %} ({{ line['number'] }}){% endif %}</label>
      <auth user="{{ line['auth_username']|d(line['username'])|e }}" password="{{ line['password']|e }}"/>
{%- set proxy = line['proxy_ip'] or sip_proxy_ip %}
{%- set backup = line.backup_proxy_ip or sip_backup_proxy_ip %}
      <proxy address="{{ proxy }}" port="{{ line['proxy_port'] or sip_proxy_port or 5060 }}"/>
{%- if backup %}
      <proxy address="{{ backup }}" port="{{ line['backup_proxy_port'] or 5060 }}" backup="1"/>
{%- endif %}
      <voicemail>{{ line['voicemail'] or exten_voicemail or '*98' }}</voicemail>
    </line>
{%- endfor %}
  </sip>
{% endblock %}
{%- block extra %}{% endblock %}
</settings>
