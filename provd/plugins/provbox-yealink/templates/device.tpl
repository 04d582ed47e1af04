{% macro flag(name) -%}
{{ '1' if name else '0' }}
{%- endmacro -%}
{{ XX_static }}auto_provision.server.url = {{ XX_server_url }}
{{ XX_static }}auto_provision.power_on = 1
{{ XX_static }}auto_provision.pnp_enable = 0
sip.notify_reboot_enable = 0
{% if admin_password -%}
{{ XX_static }}security.user_name.admin = {{ admin_username or 'admin' }}
{{ XX_static }}security.user_password = {{ (admin_username or 'admin')|replace(':', '') }}:{{ admin_password }}
{% endif -%}
{% if user_password -%}
{{ XX_static }}security.user_name.user = {{ user_username or 'user' }}
{{ XX_static }}security.user_password = {{ (user_username or 'user')|replace(':', '') }}:{{ user_password }}
{% endif -%}
{% if vlan_enabled -%}
{{ XX_static }}network.vlan.internet_port_enable = 1
{{ XX_static }}network.vlan.internet_port_vid = {{ vlan_id }}
{{ XX_static }}network.vlan.internet_port_priority = {{ vlan_priority or 0 }}
{{ XX_static }}network.vlan.pc_port_enable = {{ flag(vlan_pc_port_id) }}
{{ XX_static }}network.vlan.pc_port_vid = {{ vlan_pc_port_id or 1 }}
{% else -%}
{{ XX_static }}network.vlan.internet_port_enable = 0
{{ XX_static }}network.vlan.pc_port_enable = 0
{% endif -%}
{% if dns_enabled -%}
{{ XX_static }}network.static_dns_enable = 1
{{ XX_static }}network.primary_dns = {{ dns_ip }}
{% endif -%}
{% if syslog_enabled -%}
{{ XX_static }}syslog.{{ 'mode' if XX_old else 'enable' }} = 1
{{ XX_static }}syslog.server = {{ syslog_ip }}
{{ XX_static }}syslog.server_port = {{ syslog_port or 514 }}
{{ XX_static }}syslog.level = {{ XX_syslog_level }}
{% else -%}
{{ XX_static }}syslog.{{ 'mode' if XX_old else 'enable' }} = 0
{% endif -%}
{% if ntp_enabled -%}
local_time.ntp_server1 = {{ ntp_ip }}
local_time.manual_ntp_srv_prior = 1
{% endif -%}
{% if XX_time -%}
local_time.time_zone = {{ XX_time.offset }}
local_time.summer_time = {{ XX_time.summer }}
{% if XX_time.start -%}
local_time.dst_time_type = 1
local_time.start_time = {{ XX_time.start }}
local_time.end_time = {{ XX_time.end }}
local_time.offset_time = {{ XX_time.save }}
{% endif -%}
{% endif -%}
{% if XX_language -%}
lang.gui = {{ XX_language }}
lang.wui = {{ XX_language }}
{% endif -%}
{% if XX_tone -%}
voice.tone.country = {{ XX_tone }}
{% endif -%}
{% if exten_pickup_group -%}
features.pickup.group_pickup_enable = 1
features.pickup.group_pickup_code = {{ exten_pickup_group }}
{% endif -%}
{% if exten_pickup_call -%}
features.pickup.direct_pickup_enable = 1
features.pickup.direct_pickup_code = {{ exten_pickup_call }}
{% endif -%}
{% if exten_park -%}
features.call_park.park_code = {{ exten_park }}
{% endif -%}
{% if XX_xivo_phonebook_url -%}
remote_phonebook.data.1.url = {{ XX_xivo_phonebook_url }}
remote_phonebook.data.1.name = Wazo
{% endif -%}
{% if XX_wazo_phoned_user_service_dnd_enabled_url -%}
action_url.dnd_on = {{ XX_wazo_phoned_user_service_dnd_enabled_url }}
action_url.dnd_off = {{ XX_wazo_phoned_user_service_dnd_disabled_url }}
{% endif -%}
