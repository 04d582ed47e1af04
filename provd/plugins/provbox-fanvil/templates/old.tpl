<VOIP_CONFIG_FILE>
<version>2.0002</version>
<AUTOUPDATE_CONFIG_MODULE>
<Download_Server_IP>{{ XX_server_url }}</Download_Server_IP>
<Config_File_Name>Fanvil/$mac.cfg</Config_File_Name>
<Download_Protocol>4</Download_Protocol>
<Download_Mode>1</Download_Mode>
<PNP_Enable>0</PNP_Enable>
</AUTOUPDATE_CONFIG_MODULE>
<GLOBAL_CONFIG_MODULE>
<Enable_SNTP>{{ '1' if ntp_enabled else '0' }}</Enable_SNTP>
{% if ntp_enabled -%}
<SNTP_Server>{{ ntp_ip }}</SNTP_Server>
{% endif -%}
{% if XX_language -%}
<Language>{{ XX_language }}</Language>
{% endif -%}
{% if XX_time -%}
<Time_Zone>{{ XX_time.quarters }}</Time_Zone>
<Time_Zone_Name>{{ XX_time.name }}</Time_Zone_Name>
<Enable_DST>{{ '2' if XX_time.changes else '0' }}</Enable_DST>
{% if XX_time.changes -%}
<DST_Min_Offset>{{ XX_time.save }}</DST_Min_Offset>
{% endif -%}
{% for change in XX_time.changes -%}
{% set name = 'DST_' + change.name -%}
<{{ name }}_Mon>{{ change.month }}</{{ name }}_Mon>
<{{ name }}_Week>{{ change.week }}</{{ name }}_Week>
<{{ name }}_Wday>{{ change.weekday }}</{{ name }}_Wday>
<{{ name }}_Hour>{{ change.hour }}</{{ name }}_Hour>
{% endfor -%}
{% endif -%}
</GLOBAL_CONFIG_MODULE>
<MMI_CONFIG_MODULE>
<MMI_Account>
{% if admin_password -%}
<MMI_Account_Entry>
<ID>Account1</ID>
<Name>{{ admin_username or 'admin' }}</Name>
<Password>{{ admin_password }}</Password>
<Level>10</Level>
</MMI_Account_Entry>
{% endif -%}
{% if user_password -%}
<MMI_Account_Entry>
<ID>Account2</ID>
<Name>{{ user_username or 'guest' }}</Name>
<Password>{{ user_password }}</Password>
<Level>5</Level>
</MMI_Account_Entry>
{% endif -%}
</MMI_Account>
</MMI_CONFIG_MODULE>
<SIP_CONFIG_MODULE>
<SIP_Line_List>
{% for account in XX_accounts -%}
{% include 'oldline.tpl' %}
{% endfor -%}
</SIP_Line_List>
</SIP_CONFIG_MODULE>
<QOS_CONFIG_MODULE>
<Enable_VLAN>{{ '1' if vlan_enabled else '0' }}</Enable_VLAN>
{% if vlan_enabled -%}
<VLAN_ID>{{ vlan_id }}</VLAN_ID>
<Signalling_Priority>{{ vlan_priority or 0 }}</Signalling_Priority>
<Voice_Priority>{{ vlan_priority or 0 }}</Voice_Priority>
{% endif -%}
</QOS_CONFIG_MODULE>
<AAA_CONFIG_MODULE>
<Enable_Syslog>{{ '1' if syslog_enabled else '0' }}</Enable_Syslog>
<Syslog_address>{{ syslog_ip if syslog_enabled else '0.0.0.0' }}</Syslog_address>
<Syslog_port>{{ syslog_port or 514 }}</Syslog_port>
</AAA_CONFIG_MODULE>
<DEBUG_CONFIG_MODULE>
<SIP_Trace_Level>{{ XX_syslog_level[1] if syslog_enabled else '0' }}</SIP_Trace_Level>
</DEBUG_CONFIG_MODULE>
<PHONE_CONFIG_MODULE>
{% if admin_password -%}
<Menu_Password>{{ admin_password }}</Menu_Password>
{% endif -%}
<Function_Key>
{% for page in XX_pages -%}
{% for key in page['keys'] -%}
<Function_Key_Entry>
<ID>Fkey{{ key.no }}</ID>
<Type>{{ key.type }}</Type>
<Value>{{ key.value }}</Value>
<Title>{{ key.title }}</Title>
</Function_Key_Entry>
{% endfor -%}
{% endfor -%}
</Function_Key>
{% if XX_xivo_phonebook_url -%}
<Soft_Dss_Key>
<Soft_Dss_Key_Entry>
<ID>SoftFkey1</ID>
<Type>7</Type>
<Value>{{ XX_xivo_phonebook_url }}</Value>
<Title>Wazo</Title>
</Soft_Dss_Key_Entry>
</Soft_Dss_Key>
{% endif -%}
</PHONE_CONFIG_MODULE>
</VOIP_CONFIG_FILE>
