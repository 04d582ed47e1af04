{% extends 'base.tpl' -%}
{% from 'keys.tpl' import key with context %}
{% block extra %}
  <keys count="{{ funckeys|length }}">
{%- for k in funckeys if k.type != 'none' %}
    {{ key(k, loop.index) }}
{%- else %}
    <!-- none -->
{%- endfor %}
  </keys>
  <services>
{%- for name, exten in {'dnd': exten_dnd, 'forward': exten_fwd_unconditional, 'pickup': exten_pickup_call, 'park': exten_park}.items() if exten %}
    <service name="{{ name }}">{{ exten }}</service>
{%- endfor %}
  </services>
{% endblock %}
