{# Firmware from 7 on has accounts of its own for those who may do less. -#}
{% if admin_password -%}
<http_engineer_user perm="R">Engineer</http_engineer_user>
<http_engineer_pass perm="R">{{ admin_password }}</http_engineer_pass>
{% endif -%}
{% if user_password -%}
<http_basic_user perm="R">{{ user_username or 'User' }}</http_basic_user>
<http_basic_pass perm="R">{{ user_password }}</http_basic_pass>
{% endif -%}
{% for server in XX_servers -%}
<srv_sip_server_alias idx="{{ loop.index }}">{{ server.host }}</srv_sip_server_alias>
<user_host idx="{{ loop.index }}">{{ server.host }}:{{ server.port }}</user_host>
<user_outbound idx="{{ loop.index }}">{% if server.outbound_proxy %}{{ server.outbound_proxy }}:{{ server.outbound_port }}{% endif %}</user_outbound>
<srv_srtp_auth idx="{{ loop.index }}">{{ 'on' if server.savp == 'mandatory' else 'off' }}</srv_srtp_auth>
<user_srtp idx="{{ loop.index }}">{{ server.srtp }}</user_srtp>
<user_dtmf_info idx="{{ loop.index }}">{{ server.dtmf }}</user_dtmf_info>
{% endfor -%}
{% for a in XX_accounts if a.enabled -%}
<user_active idx="{{ a.no }}">on</user_active>
<user_realname idx="{{ a.no }}">{{ a.display_name }}</user_realname>
<user_name idx="{{ a.no }}">{{ a.username }}</user_name>
<user_pname idx="{{ a.no }}">{{ a.auth_username }}</user_pname>
<user_pass idx="{{ a.no }}">{{ a.password }}</user_pass>
<user_mailbox idx="{{ a.no }}">{{ a.voicemail }}</user_mailbox>
<user_mailnumber idx="{{ a.no }}">{{ a.voicemail }}</user_mailnumber>
<subscr_sip_line_name idx="{{ a.no }}">{{ a.number }}</subscr_sip_line_name>
<subscr_sip_hs_idx idx="{{ a.no }}">{{ a.no }}</subscr_sip_hs_idx>
<subscr_dect_ac_code idx="{{ a.no }}">{{ '%04d' % a.no }}</subscr_dect_ac_code>
<subscr_sip_ua_data_server_id idx="{{ a.no }}">{{ a.server_no }}</subscr_sip_ua_data_server_id>
{% endfor -%}
