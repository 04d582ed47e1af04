<keys
 lineKey.reassignment.enabled="1"
{%- for key in XX_keys %}
 lineKey.{{ key.no }}.category="{{ key.category }}"
 lineKey.{{ key.no }}.index="{{ key.index }}"
{%- endfor %}
{%- for entry in XX_watched %}
{%- set attendant = 'attendant.resourceList.%d' % loop.index %}
 {{ attendant }}.address="{{ entry.value }}"
 {{ attendant }}.label="{{ entry.label }}"
 {{ attendant }}.type="normal"
{%- endfor %}
{%- if XX_macros %}
 feature.enhancedFeatureKeys.enabled="1"
 efk.version="2"
{%- endif %}
{%- for entry in XX_macros %}
{%- set efk = 'efk.efklist.%d' % loop.index %}
 {{ efk }}.mname="key{{ entry.no }}"
 {{ efk }}.status="1"
 {{ efk }}.label="{{ entry.label }}"
 {{ efk }}.action.string="{{ entry.value }}$Tinvite$"
{%- endfor %}
/>
