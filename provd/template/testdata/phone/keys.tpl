{% macro key(k, n, line=1) -%}
<key pos="{{ '%02d'|format(k.position|d(n)|int) }}" type="{{ k.type }}" line="{{ k.line or line }}" label="{{ (k.label or k.value)|e }}"
{%- if k.type == 'blf' %} pickup="{{ exten_pickup_call|d('') ~ k.value }}"{% endif %}>{{ k.value|e }}</key>
{%- endmacro %}
