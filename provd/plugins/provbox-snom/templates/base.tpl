<?xml version="1.0" encoding="UTF-8"?>
<settings>
<phone-settings>
{% include 'device.tpl' %}
{% if XX_dect -%}
{% include 'dect.tpl' %}
{% else -%}
{% for account in XX_accounts -%}
{% include 'identity.tpl' %}
{% endfor -%}
{% endif -%}
</phone-settings>
{% if XX_keys -%}
<functionKeys>
{% for key in XX_keys -%}
<fkey idx="{{ key.index }}" context="{{ key.context }}" label="{{ key.label }}" perm="R">{{ key.value }}</fkey>
{% endfor -%}
</functionKeys>
{% endif -%}
</settings>
