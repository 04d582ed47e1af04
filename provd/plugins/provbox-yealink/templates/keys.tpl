{% for key in XX_keys -%}
{{ key.name }}.type = {{ key.type }}
{{ key.name }}.line = {{ key.line }}
{{ key.name }}.value = {{ key.value }}
{{ key.name }}.label = {{ key.label }}
{% if key.extension -%}
{{ key.name }}.extension = {{ key.extension }}
{% endif -%}
{% endfor -%}
