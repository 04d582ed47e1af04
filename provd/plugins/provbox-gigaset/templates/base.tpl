{% if XX_form == 'nx70' -%}
{% include 'nx70.tpl' %}
{% else -%}
<?xml version="1.0" encoding="ISO-8859-1"?>
<ProviderFrame>
<Provider>
<MAC_ADDRESS value="{{ XX_mac }}"/>
{% include XX_form + '.tpl' %}
</Provider>
</ProviderFrame>
{% endif -%}
