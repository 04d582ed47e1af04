{% for number, line in sip_lines|dictsort -%}
line.{{ number }} = {{ line['auth_username'] }}@{{ line['registrar_ip'] }}
{% endfor -%}
transport = {{ sip_transport }}
