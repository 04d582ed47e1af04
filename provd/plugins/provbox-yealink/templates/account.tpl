{% set a = 'account.%d' % account.no -%}
{% if account.enabled -%}
{{ a }}.enable = 1
{{ a }}.label = {{ account.label }}
{{ a }}.display_name = {{ account.display_name }}
{{ a }}.user_name = {{ account.username }}
{{ a }}.auth_name = {{ account.auth_username }}
{{ a }}.password = {{ account.password }}
{{ a }}.sip_server.1.address = {{ account.registrar }}
{{ a }}.sip_server.1.port = {{ account.registrar_port }}
{{ a }}.sip_server.1.transport_type = {{ account.transport }}
{{ a }}.sip_server.2.address = {{ account.backup_server }}
{{ a }}.sip_server.2.port = {{ account.backup_port if account.backup_server else '' }}
{{ a }}.sip_server.2.transport_type = {{ account.transport }}
{% if XX_old -%}
{{ a }}.transport = {{ account.transport }}
{{ a }}.outbound_host = {{ account.outbound_proxy }}
{{ a }}.outbound_port = {{ account.outbound_port if account.outbound_proxy else '' }}
{% endif -%}
{{ a }}.outbound_proxy_enable = {{ '1' if account.outbound_proxy else '0' }}
{{ a }}.outbound_proxy.1.address = {{ account.outbound_proxy }}
{{ a }}.outbound_proxy.1.port = {{ account.outbound_port if account.outbound_proxy else '' }}
{{ a }}.srtp_encryption = {{ account.srtp }}
{{ a }}.dtmf.type = {{ account.dtmf }}
{{ a }}.subscribe_mwi = {{ '1' if sip_subscribe_mwi else '0' }}
voice_mail.number.{{ account.no }} = {{ account.voicemail }}
{% else -%}
{{ a }}.enable = 0
{{ a }}.label =
{{ a }}.display_name =
{{ a }}.user_name =
{{ a }}.auth_name =
{{ a }}.password =
{% endif -%}
