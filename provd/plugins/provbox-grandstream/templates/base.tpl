<?xml version="1.0" encoding="UTF-8"?>
<gs_provision version="1">
<mac>{{ XX_mac }}</mac>
<config version="1">
{% include 'device.tpl' %}
{% for parameter in XX_parameters -%}
<P{{ parameter.number }}>{{ parameter.value }}</P{{ parameter.number }}>
{% endfor -%}
</config>
</gs_provision>
