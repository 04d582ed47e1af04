{% set a = account -%}
{% set n = '%d_' % account.no -%}
{% if a.enabled -%}
<Line_Enable_{{ n }}>Yes</Line_Enable_{{ n }}>
<Register_{{ n }}>Yes</Register_{{ n }}>
<Proxy_{{ n }}>{{ a.proxy }}</Proxy_{{ n }}>
<Use_DNS_SRV_{{ n }}>{{ 'Yes' if a.several else 'No' }}</Use_DNS_SRV_{{ n }}>
{% if a.several -%}
<Proxy_Fallback_Intvl_{{ n }}>120</Proxy_Fallback_Intvl_{{ n }}>
{% endif -%}
<Use_Outbound_Proxy_{{ n }}>{{ 'Yes' if a.outbound_proxy else 'No' }}</Use_Outbound_Proxy_{{ n }}>
<Outbound_Proxy_{{ n }}>{{ a.outbound_proxy }}</Outbound_Proxy_{{ n }}>
<SIP_Transport_{{ n }}>{{ a.transport }}</SIP_Transport_{{ n }}>
<Display_Name_{{ n }}>{{ a.display_name }}</Display_Name_{{ n }}>
<User_ID_{{ n }}>{{ a.username }}</User_ID_{{ n }}>
<Use_Auth_ID_{{ n }}>Yes</Use_Auth_ID_{{ n }}>
<Auth_ID_{{ n }}>{{ a.auth_username }}</Auth_ID_{{ n }}>
<Password_{{ n }}>{{ a.password }}</Password_{{ n }}>
<DTMF_Tx_Method_{{ n }}>{{ a.dtmf }}</DTMF_Tx_Method_{{ n }}>
{% if XX_kind == 'mpp' -%}
<Secure_Call_Option_{{ n }}>{{ a.srtp[1] }}</Secure_Call_Option_{{ n }}>
{% elif XX_kind != 'spa' -%}
<Secure_Call_Setting_{{ n }}>{{ a.srtp[0] }}</Secure_Call_Setting_{{ n }}>
{% endif -%}
<Voice_Mail_Server_{{ n }}>{{ '%s@%s' % (a.username, a.registrar) if sip_subscribe_mwi else '' }}</Voice_Mail_Server_{{ n }}>
<Mailbox_ID_{{ n }}>{{ a.voicemail }}</Mailbox_ID_{{ n }}>
{% else -%}
<Line_Enable_{{ n }}>No</Line_Enable_{{ n }}>
<Proxy_{{ n }}></Proxy_{{ n }}>
<Display_Name_{{ n }}></Display_Name_{{ n }}>
<User_ID_{{ n }}></User_ID_{{ n }}>
<Auth_ID_{{ n }}></Auth_ID_{{ n }}>
<Password_{{ n }}></Password_{{ n }}>
{% endif -%}
