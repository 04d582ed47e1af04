{% for handset in XX_handsets -%}
handset.{{ handset.no }}.name = {{ handset.name }}
handset.{{ handset.no }}.incoming_lines = {{ handset.no }}
handset.{{ handset.no }}.dial_out_lines = {{ handset.no }}
handset.{{ handset.no }}.dial_out_default_line = {{ handset.no }}
{% endfor -%}
{% if XX_handsets and XX_handset_language -%}
custom.handset.language = {{ XX_handset_language }}
{% endif -%}
