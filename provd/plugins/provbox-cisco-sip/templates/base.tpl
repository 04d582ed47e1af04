<?xml version="1.0" encoding="UTF-8"?>
<flat-profile>
{% include 'device.tpl' %}
{% for account in XX_accounts -%}
{% include 'line.tpl' %}
{% endfor -%}
{% for key in XX_keys -%}
{% if key.unit_key -%}
<{{ key.unit_key }}>{{ key.function }}</{{ key.unit_key }}>
{% else -%}
<Extension_{{ key.no }}_>{{ key.extension }}</Extension_{{ key.no }}_>
<Short_Name_{{ key.no }}_>{{ key.name }}</Short_Name_{{ key.no }}_>
<Extended_Function_{{ key.no }}_>{{ key.function }}</Extended_Function_{{ key.no }}_>
{% endif -%}
{% endfor -%}
{% if XX_kind == 'router' -%}
{% include 'router.tpl' %}
{% endif -%}
</flat-profile>
