<?xml version="1.0" encoding="UTF-8"?>
{% if XX_old -%}
{% include 'old.tpl' %}
{% else -%}
{% include 'sysconf.tpl' %}
{% endif -%}
