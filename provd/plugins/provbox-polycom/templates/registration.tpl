{%- set reg = 'reg.%d' % account.no %}
{%- set mwi = 'msg.mwi.%d' % account.no %}
{%- if account.enabled %} {{ reg }}.address="{{ account.username }}"
 {{ reg }}.label="{{ account.label }}"
 {{ reg }}.displayName="{{ account.display_name }}"
 {{ reg }}.auth.userId="{{ account.auth_username }}"
 {{ reg }}.auth.password="{{ account.password }}"
 {{ reg }}.server.1.address="{{ account.registrar }}"
 {{ reg }}.server.1.port="{{ account.registrar_port }}"
 {{ reg }}.server.1.transport="{{ account.transport }}"
 {{ reg }}.server.1.register="1"
{%- if account.backup_server %}
 {{ reg }}.server.2.address="{{ account.backup_server }}"
 {{ reg }}.server.2.port="{{ account.backup_port }}"
 {{ reg }}.server.2.transport="{{ account.transport }}"
 {{ reg }}.server.2.register="1"
{%- else %}
 {{ reg }}.server.2.address=""
{%- endif %}
{%- if account.outbound_proxy %}
 {{ reg }}.outboundProxy.address="{{ account.outbound_proxy }}"
 {{ reg }}.outboundProxy.port="{{ account.outbound_port }}"
 {{ reg }}.outboundProxy.transport="{{ account.transport }}"
{%- else %}
 {{ reg }}.outboundProxy.address=""
{%- endif %}
 {{ reg }}.srtp.enable="{{ account.srtp[0] }}"
 {{ reg }}.srtp.offer="{{ account.srtp[1] }}"
 {{ reg }}.srtp.require="{{ account.srtp[2] }}"
 {{ mwi }}.callBackMode="{{ 'contact' if account.voicemail else 'disabled' }}"
 {{ mwi }}.callBack="{{ account.voicemail }}"
 {{ mwi }}.subscribe="{{ account.username if sip_subscribe_mwi else '' }}"
{%- else %} {{ reg }}.address=""
 {{ reg }}.label=""
 {{ reg }}.displayName=""
 {{ reg }}.auth.userId=""
 {{ reg }}.auth.password=""
 {{ reg }}.server.1.address=""
{%- endif %}
