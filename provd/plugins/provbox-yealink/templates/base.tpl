#!version:1.0.0.1
{% include 'device.tpl' %}
{% for account in XX_accounts -%}
{% include 'account.tpl' %}
{% endfor -%}
{% include 'keys.tpl' -%}
{% include 'handsets.tpl' %}
