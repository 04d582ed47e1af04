{% include 'device.tpl' %}
{% for account in XX_accounts -%}
{% include 'line.tpl' %}
{% endfor -%}
{% for key in XX_keys -%}
{{ key.name }} type: {{ key.type }}
{% if key.type != 'none' -%}
{{ key.name }} value: {{ key.value }}
{{ key.name }} label: {{ key.label }}
{{ key.name }} line: {{ key.line }}
{% endif -%}
{% endfor -%}
