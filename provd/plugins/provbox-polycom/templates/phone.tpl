<phone
{%- if vlan_enabled and vlan_priority %}
 qos.ethernet.callControl.user_priority="{{ vlan_priority }}"
 qos.ethernet.rtp.user_priority="{{ vlan_priority }}"
{%- endif %}
{%- if ntp_enabled %}
 tcpIpApp.sntp.address="{{ ntp_ip }}"
 tcpIpApp.sntp.address.overrideDHCP="1"
{%- endif %}
{%- if XX_time %}
 tcpIpApp.sntp.gmtOffset="{{ XX_time.offset }}"
 tcpIpApp.sntp.gmtOffset.overrideDHCP="1"
 tcpIpApp.sntp.daylightSavings.enable="{{ '1' if XX_time.changes else '0' }}"
{%- if XX_time.changes %}
 tcpIpApp.sntp.daylightSavings.fixedDayEnable="0"
{%- endif %}
{%- for change in XX_time.changes %}
{%- set name = 'tcpIpApp.sntp.daylightSavings.' + change.name %}
 {{ name }}.month="{{ change.month }}"
 {{ name }}.time="{{ change.hour }}"
 {{ name }}.dayOfWeek="{{ change.weekday }}"
 {{ name }}.dayOfWeek.lastInMonth="{{ change.last }}"
{%- if change.last == '0' %}
 {{ name }}.date="{{ change.date }}"
{%- endif %}
{%- endfor %}
{%- endif %}
{%- if XX_language %}
 lcl.ml.lang="{{ XX_language }}"
{%- endif %}
 tone.dtmf.viaRtp="{{ XX_dtmf[0] }}"
 tone.dtmf.rfc2833Control="{{ XX_dtmf[1] }}"
 voIpProt.SIP.dtmfViaSignaling.rfc2976="{{ XX_dtmf[2] }}"
 sec.srtp.enable="{{ XX_srtp[0] }}"
 sec.srtp.offer="{{ XX_srtp[1] }}"
 sec.srtp.require="{{ XX_srtp[2] }}"
{%- if exten_pickup_call %}
 call.directedCallPickupMethod="legacy"
 call.directedCallPickupString="{{ exten_pickup_call }}"
{%- endif %}
{%- if exten_pickup_group %}
 feature.groupCallPickup.enabled="1"
 call.groupCallPickup.string="{{ exten_pickup_group }}"
{%- endif %}
{%- if XX_xivo_phonebook_url %}
 mb.main.home="{{ XX_xivo_phonebook_url }}"
{%- endif %}
/>
