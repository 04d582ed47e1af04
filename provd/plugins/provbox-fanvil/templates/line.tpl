<line index="{{ account.no }}">
{% if account.enabled -%}
<PhoneNumber>{{ account.username }}</PhoneNumber>
<DisplayName>{{ account.display_name or account.number }}</DisplayName>
<RegisterAddr>{{ account.registrar }}</RegisterAddr>
<RegisterPort>{{ account.registrar_port }}</RegisterPort>
<RegisterUser>{{ account.auth_username }}</RegisterUser>
<RegisterPswd>{{ account.password }}</RegisterPswd>
<EnableReg>1</EnableReg>
<ProxyAddr>{{ account.outbound_proxy }}</ProxyAddr>
<ProxyPort>{{ account.outbound_port if account.outbound_proxy else '' }}</ProxyPort>
<ProxyUser>{{ account.auth_username if account.outbound_proxy else '' }}</ProxyUser>
<ProxyPswd>{{ account.password if account.outbound_proxy else '' }}</ProxyPswd>
<BackupAddr>{{ account.backup_server }}</BackupAddr>
<BackupPort>{{ account.backup_port if account.backup_server else '' }}</BackupPort>
<BackupTransport>{{ account.transport }}</BackupTransport>
<Transport>{{ account.transport }}</Transport>
<DTMFMode>{{ account.dtmf }}</DTMFMode>
<RTPEncryption>{{ account.srtp }}</RTPEncryption>
<SubscribeMWI>{{ '1' if sip_subscribe_mwi else '0' }}</SubscribeMWI>
<MWINum>{{ account.voicemail }}</MWINum>
{% else -%}
<PhoneNumber></PhoneNumber>
<DisplayName></DisplayName>
<RegisterAddr></RegisterAddr>
<RegisterUser></RegisterUser>
<RegisterPswd></RegisterPswd>
<EnableReg>0</EnableReg>
{% endif -%}
</line>
