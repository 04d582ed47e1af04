<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<polycomConfig>
{% include 'device.tpl' %}
{% include 'phone.tpl' %}
<lines
{%- for account in XX_accounts %}
{% include 'registration.tpl' %}
{%- endfor %}
/>
{% if XX_keys -%}
{% include 'keys.tpl' %}
{% endif -%}
</polycomConfig>
