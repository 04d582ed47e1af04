{% if admin_password -%}
admin password: {{ admin_password }}
{% endif -%}
{% if user_password -%}
user password: {{ user_password }}
{% endif -%}
{% if vlan_enabled -%}
tagging enabled: 1
vlan id: {{ vlan_id }}
priority non-ip: {{ vlan_priority or 0 }}
vlan id port 1: {{ vlan_pc_port_id or 4095 }}
{% else -%}
tagging enabled: 0
{% endif -%}
{% if dns_enabled -%}
dns1: {{ dns_ip }}
{% endif -%}
{% if syslog_enabled -%}
log server ip: {{ syslog_ip }}
log server port: {{ syslog_port or 514 }}
{% for module in XX_log_modules -%}
log module {{ module }}: {{ XX_log_level }}
{% endfor -%}
{% else -%}
log server ip: 0.0.0.0
{% endif -%}
{% if ntp_enabled -%}
time server disabled: 0
time server1: {{ ntp_ip }}
{% else -%}
time server disabled: 1
{% endif -%}
{% if XX_time -%}
time zone name: Custom
time zone minutes: {{ XX_time.minutes }}
{% if XX_time.changes -%}
dst config: 3
dst minutes: {{ XX_time.save }}
dst [start|end] relative date: 1
{% for change in XX_time.changes -%}
dst {{ change.name }} month: {{ change.month }}
dst {{ change.name }} week: {{ change.week }}
dst {{ change.name }} day: {{ change.weekday }}
dst {{ change.name }} hour: {{ change.hour }}
{% endfor -%}
{% else -%}
dst config: 0
{% endif -%}
{% endif -%}
{% if XX_language -%}
language 1: {{ XX_language[0] }}
language: 1
web language: 1
input language: {{ XX_language[1] }}
{% else -%}
language: 0
{% endif -%}
{% if XX_tone -%}
tone set: {{ XX_tone }}
{% endif -%}
sip transport protocol: {{ XX_transport }}
sip out-of-band dtmf: {{ XX_dtmf[0] }}
sip dtmf method: {{ XX_dtmf[1] }}
sip explicit mwi subscription: {{ '1' if sip_subscribe_mwi else '0' }}
{% if exten_pickup_call -%}
directed call pickup: 1
directed call pickup prefix: {{ exten_pickup_call }}
{% endif -%}
{% if XX_xivo_phonebook_url -%}
directory script: {{ XX_xivo_phonebook_url }}
{% endif -%}
