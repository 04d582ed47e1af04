{% set sip = 'sip line%d' % account.no -%}
{% if account.enabled -%}
{{ sip }} user name: {{ account.username }}
{{ sip }} auth name: {{ account.auth_username }}
{{ sip }} password: {{ account.password }}
{{ sip }} display name: {{ account.display_name }}
{{ sip }} screen name: {{ account.display_name or account.number }}
{{ sip }} screen name 2: {{ account.number }}
{{ sip }} proxy ip: {{ account.server }}
{{ sip }} proxy port: {{ account.port }}
{{ sip }} registrar ip: {{ account.registrar }}
{{ sip }} registrar port: {{ account.registrar_port }}
{{ sip }} backup proxy ip: {{ account.backup_server or '0.0.0.0' }}
{{ sip }} backup proxy port: {{ account.backup_port if account.backup_server else 0 }}
{{ sip }} backup registrar ip: {{ account.backup_server or '0.0.0.0' }}
{{ sip }} backup registrar port: {{ account.backup_port if account.backup_server else 0 }}
{{ sip }} outbound proxy: {{ account.outbound_proxy or '0.0.0.0' }}
{{ sip }} outbound proxy port: {{ account.outbound_port if account.outbound_proxy else 0 }}
{{ sip }} dtmf method: {{ account.dtmf }}
{{ sip }} srtp mode: {{ account.srtp }}
{{ sip }} vmail: {{ account.voicemail }}
{% set parking = XX_parkings[account.no|string] -%}
{% if parking -%}
{{ sip }} park pickup config: {{ parking }};{{ parking }};asterisk
{% endif -%}
{% else -%}
{{ sip }} user name:
{{ sip }} auth name:
{{ sip }} password:
{{ sip }} display name:
{{ sip }} screen name:
{{ sip }} screen name 2:
{{ sip }} proxy ip: 0.0.0.0
{{ sip }} registrar ip: 0.0.0.0
{% endif -%}
