{# Where the files are, and that they are read on a NOTIFY. -#}
<P212>{{ XX_server.protocol }}</P212>
<P237>{{ XX_server.path }}</P237>
<P26015>1</P26015>
{% if admin_password -%}
<P2>{{ admin_password }}</P2>
{% endif -%}
{% if user_password -%}
<P196>{{ user_password }}</P196>
{% endif -%}
{% if vlan_enabled -%}
<P51>{{ vlan_id }}</P51>
<P87>{{ vlan_priority or 0 }}</P87>
{% else -%}
<P51>0</P51>
<P87>0</P87>
{% endif -%}
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
{% if XX_language -%}
<P1362>{{ XX_language }}</P1362>
{% endif -%}
{% if exten_pickup_call -%}
<P1347>{{ exten_pickup_call }}</P1347>
{% endif -%}
{% if XX_xivo_phonebook_url -%}
<P330>1</P330>
<P331>{{ XX_xivo_phonebook_url }}</P331>
{% endif -%}
{# Any number may be dialled. -#}
<P290>{ [*x]+ }</P290>
