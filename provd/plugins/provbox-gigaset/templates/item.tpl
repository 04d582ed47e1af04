{% macro number(id, value) -%}
<SYMB_ITEM ID="{{ id }}" class="symb_item" value="{{ '0x%x' % (value|int) }}"/>
{%- endmacro -%}
{% macro text(id, value) -%}
<SYMB_ITEM ID="{{ id }}" class="symb_item" value='"{{ value }}"'/>
{%- endmacro -%}
