<setting_server perm="RW">{{ XX_server_url }}/</setting_server>
{% if admin_username -%}
<http_user perm="R">{{ admin_username }}</http_user>
<webserver_admin_name perm="R">{{ admin_username }}</webserver_admin_name>
{% endif -%}
{% if admin_password -%}
<http_pass perm="R">{{ admin_password }}</http_pass>
<webserver_admin_password perm="R">{{ admin_password }}</webserver_admin_password>
<admin_mode_password perm="R">{{ admin_password }}</admin_mode_password>
<admin_mode_password_confirm perm="R">{{ admin_password }}</admin_mode_password_confirm>
{% endif -%}
{% if user_username -%}
<webserver_user_name perm="R">{{ user_username }}</webserver_user_name>
{% endif -%}
{% if user_password -%}
<webserver_user_password perm="R">{{ user_password }}</webserver_user_password>
{% endif -%}
{% if vlan_enabled -%}
<vlan_id perm="R">{{ vlan_id }}</vlan_id>
<vlan_qos perm="R">{{ vlan_priority or 0 }}</vlan_qos>
<vlan_pc_id perm="R">{{ vlan_pc_port_id or 0 }}</vlan_pc_id>
{% else -%}
<vlan_id perm="R"></vlan_id>
<vlan_qos perm="R"></vlan_qos>
{% endif -%}
{% if dns_enabled -%}
<dns_server1 perm="R">{{ dns_ip }}</dns_server1>
{% endif -%}
{% if ntp_enabled -%}
<ntp_server perm="R">{{ ntp_ip }}</ntp_server>
{% endif -%}
{% if XX_time -%}
<timezone perm="R"></timezone>
<utc_offset perm="R">{{ XX_time.offset }}</utc_offset>
<dst perm="R">{{ XX_time.dst }}</dst>
{% endif -%}
{% if syslog_enabled -%}
<syslog_server perm="R">{{ syslog_ip }}:{{ syslog_port or 514 }}</syslog_server>
<log_level perm="R">{{ XX_log_level }}</log_level>
{% else -%}
<syslog_server perm="R"></syslog_server>
{% endif -%}
{% if XX_language -%}
<language perm="R">{{ XX_language }}</language>
<web_language perm="R">{{ XX_language }}</web_language>
{% endif -%}
{% if XX_tone -%}
<tone_scheme perm="R">{{ XX_tone }}</tone_scheme>
{% endif -%}
{% if XX_xivo_phonebook_url and XX_dect -%}
<phonebook_server_location perm="R">3</phonebook_server_location>
<phonebook_location perm="R">{{ XX_xivo_phonebook_url }}</phonebook_location>
{% elif XX_xivo_phonebook_url -%}
<dkey_directory perm="R">url {{ XX_xivo_phonebook_url }}</dkey_directory>
{% endif -%}
