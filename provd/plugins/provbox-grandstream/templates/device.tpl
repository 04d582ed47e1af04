{# Where the files are. -#}
<P212>{{ XX_server.protocol }}</P212>
<P237>{{ XX_server.path }}</P237>
{% if admin_password -%}
<P2>{{ admin_password }}</P2>
{% endif -%}
{% if user_password -%}
<P196>{{ user_password }}</P196>
{% endif -%}
{% if XX_kind == 'dect' -%}
<P27004>{{ 1 if vlan_enabled else 0 }}</P27004>
{% endif -%}
<P51>{{ vlan_id if vlan_enabled else 0 }}</P51>
{% for number in ((5038, 5042) if XX_kind else (87,)) -%}
<P{{ number }}>{{ vlan_priority or 0 if vlan_enabled else 0 }}</P{{ number }}>
{% endfor -%}
{% if dns_enabled and XX_dns|length == 4 -%}
<P92>{{ XX_dns[0] }}</P92>
<P93>{{ XX_dns[1] }}</P93>
<P94>{{ XX_dns[2] }}</P94>
<P95>{{ XX_dns[3] }}</P95>
{% endif -%}
{% if ntp_enabled -%}
<P30>{{ ntp_ip }}</P30>
{% endif -%}
{% if XX_timezone -%}
<P64>customize</P64>
<P246>{{ XX_timezone }}</P246>
{% endif -%}
{% if syslog_enabled -%}
<P207>{{ syslog_ip }}{% if syslog_port and syslog_port != 514 %}:{{ syslog_port }}{% endif %}</P207>
<P208>{{ XX_syslog_level }}</P208>
{% else -%}
<P207></P207>
<P208>0</P208>
{% endif -%}
{% if XX_language and not XX_kind -%}
<P1362>{{ XX_language }}</P1362>
{% endif -%}
{% if XX_voice and XX_kind == 'adapter' -%}
<P342>{{ XX_voice }}</P342>
{% endif -%}
{% if XX_phonebook.path and XX_kind != 'adapter' -%}
<P330>{{ 3 if XX_phonebook.secure else 1 }}</P330>
<P331>{{ XX_phonebook.path }}</P331>
{% endif -%}
{# No NOTIFY may set the phone back to its factory settings. -#}
<P26015>0</P26015>
