{% set a = account -%}
{% if a.enabled -%}
<user_active idx="{{ a.no }}" perm="R">on</user_active>
<user_realname idx="{{ a.no }}" perm="R">{{ a.display_name }}</user_realname>
<user_idle_text idx="{{ a.no }}" perm="R">{{ a.display_name or a.number }}</user_idle_text>
<user_idle_number idx="{{ a.no }}" perm="R">{{ a.number }}</user_idle_number>
<user_name idx="{{ a.no }}" perm="R">{{ a.username }}</user_name>
<user_pname idx="{{ a.no }}" perm="R">{{ a.auth_username }}</user_pname>
<user_pass idx="{{ a.no }}" perm="R">{{ a.password }}</user_pass>
<user_host idx="{{ a.no }}" perm="R">{{ a.server }}</user_host>
{% if a.outbound_proxy -%}
<user_outbound idx="{{ a.no }}" perm="R">{{ a.outbound_proxy }}:{{ a.outbound_port }};transport={{ a.transport }}</user_outbound>
{% else -%}
<user_outbound idx="{{ a.no }}" perm="R">{{ a.server }}:{{ a.port }};transport={{ a.transport }}</user_outbound>
{% endif -%}
<user_srtp idx="{{ a.no }}" perm="R">{{ a.srtp }}</user_srtp>
<user_savp idx="{{ a.no }}" perm="R">{{ a.savp }}</user_savp>
<user_dtmf_info idx="{{ a.no }}" perm="R">{{ a.dtmf }}</user_dtmf_info>
<user_mailbox idx="{{ a.no }}" perm="R">{{ a.voicemail }}</user_mailbox>
<user_failover_identity idx="{{ a.no }}" perm="R">{{ a.failover or 'none' }}</user_failover_identity>
<hide_identity idx="{{ a.no }}" perm="R">{{ 'true' if a.hidden else 'false' }}</hide_identity>
{% else -%}
<user_active idx="{{ a.no }}" perm="R">off</user_active>
<user_realname idx="{{ a.no }}" perm="R"></user_realname>
<user_name idx="{{ a.no }}" perm="R"></user_name>
<user_pname idx="{{ a.no }}" perm="R"></user_pname>
<user_pass idx="{{ a.no }}" perm="R"></user_pass>
<user_host idx="{{ a.no }}" perm="R"></user_host>
{% endif -%}
