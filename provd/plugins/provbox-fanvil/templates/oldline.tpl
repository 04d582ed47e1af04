<SIP_Line_List_Entry>
<ID>SIP{{ account.no }}</ID>
{% if account.enabled -%}
<Phone_Number>{{ account.username }}</Phone_Number>
<Display_Name>{{ account.display_name or account.number }}</Display_Name>
<Register_Addr>{{ account.registrar }}</Register_Addr>
<Register_Port>{{ account.registrar_port }}</Register_Port>
<Register_User>{{ account.auth_username }}</Register_User>
<Register_Pswd>{{ account.password }}</Register_Pswd>
<Enable_Reg>1</Enable_Reg>
<Proxy_Addr>{{ account.outbound_proxy }}</Proxy_Addr>
<Proxy_Port>{{ account.outbound_port if account.outbound_proxy else '' }}</Proxy_Port>
<Backup_Addr>{{ account.backup_server }}</Backup_Addr>
<Backup_Port>{{ account.backup_port if account.backup_server else '' }}</Backup_Port>
<Backup_Transpo>{{ account.transport }}</Backup_Transpo>
<Transport>{{ account.transport }}</Transport>
<DTMF_Mode>{{ account.dtmf }}</DTMF_Mode>
<RTP_Encryption>{{ account.srtp }}</RTP_Encryption>
<MWI_Num>{{ account.voicemail }}</MWI_Num>
{% else -%}
<Phone_Number></Phone_Number>
<Display_Name></Display_Name>
<Register_Addr></Register_Addr>
<Register_User></Register_User>
<Register_Pswd></Register_Pswd>
<Enable_Reg>0</Enable_Reg>
{% endif -%}
</SIP_Line_List_Entry>
