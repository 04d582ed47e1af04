<Resync_On_Reset>Yes</Resync_On_Reset>
<Resync_Periodic>3600</Resync_Periodic>
<Profile_Rule>{{ XX_server_url }}/$MA.xml</Profile_Rule>
{% if admin_password -%}
{% if XX_kind == 'mpp' -%}
<Admin_Password>{{ admin_password }}</Admin_Password>
{% else -%}
<Admin_Passwd>{{ admin_password }}</Admin_Passwd>
{% endif -%}
{% if XX_kind == 'adapter' -%}
<Web_Login_Admin_Name>{{ admin_username or 'admin' }}</Web_Login_Admin_Name>
<Web_Login_Admin_Password>{{ admin_password }}</Web_Login_Admin_Password>
{% endif -%}
{% endif -%}
{% if user_password -%}
<User_Password>{{ user_password }}</User_Password>
{% if XX_kind == 'adapter' -%}
<Web_Login_Guest_Name>{{ user_username or 'cisco' }}</Web_Login_Guest_Name>
<Web_Login_Guest_Password>{{ user_password }}</Web_Login_Guest_Password>
{% endif -%}
{% endif -%}
{% if vlan_enabled -%}
<Enable_VLAN>Yes</Enable_VLAN>
<VLAN_ID>{{ vlan_id }}</VLAN_ID>
{% if vlan_pc_port_id -%}
<PC_Port_VLAN_ID>{{ vlan_pc_port_id }}</PC_Port_VLAN_ID>
{% endif -%}
{% else -%}
<Enable_VLAN>No</Enable_VLAN>
{% endif -%}
{% if dns_enabled -%}
<Primary_DNS>{{ dns_ip }}</Primary_DNS>
{% endif -%}
{% if ntp_enabled -%}
<Primary_NTP_Server>{{ ntp_ip }}</Primary_NTP_Server>
{% endif -%}
{% if XX_time -%}
<Time_Zone>{{ XX_time.zone }}</Time_Zone>
<Daylight_Saving_Time_Enable>{{ 'Yes' if XX_time.rule else 'No' }}</Daylight_Saving_Time_Enable>
<Daylight_Saving_Time_Rule>{{ XX_time.rule }}</Daylight_Saving_Time_Rule>
{% endif -%}
{% if syslog_enabled -%}
<Syslog_Server>{{ syslog_ip }}:{{ syslog_port or 514 }}</Syslog_Server>
{% if XX_kind != 'mpp' -%}
<Debug_Level>{{ XX_debug_level }}</Debug_Level>
{% endif -%}
{% else -%}
<Syslog_Server></Syslog_Server>
{% endif -%}
{% if XX_language -%}
<Language_Selection>{{ XX_language }}</Language_Selection>
<Locale>{{ XX_locale }}</Locale>
{% endif -%}
{% if XX_tones -%}
<Dial_Tone>{{ XX_tones[0] }}</Dial_Tone>
<Busy_Tone>{{ XX_tones[1] }}</Busy_Tone>
<Ring_Back_Tone>{{ XX_tones[2] }}</Ring_Back_Tone>
{% endif -%}
{% if XX_accounts and XX_accounts[0].enabled -%}
<Station_Name>{{ XX_accounts[0].display_name or XX_accounts[0].number }}</Station_Name>
<Station_Display_Name>{{ XX_accounts[0].display_name or XX_accounts[0].number }}</Station_Display_Name>
{% if vlan_enabled and vlan_priority -%}
{% for account in XX_accounts if account.enabled -%}
<SIP_CoS_Value_{{ account.no }}_>{{ vlan_priority }}</SIP_CoS_Value_{{ account.no }}_>
<RTP_CoS_Value_{{ account.no }}_>{{ vlan_priority }}</RTP_CoS_Value_{{ account.no }}_>
{% endfor -%}
{% endif -%}
{% if XX_kind == 'mpp' -%}
<Secure_Call_Serv>{{ XX_accounts[0].srtp[0] }}</Secure_Call_Serv>
{% endif -%}
{% if XX_kind == 'spa' or XX_kind == 'mpp' -%}
<Secure_Call_Setting>{{ XX_accounts[0].srtp[0] }}</Secure_Call_Setting>
{% endif -%}
{% endif -%}
<Voice_Mail_Number>{{ exten_voicemail or '' }}</Voice_Mail_Number>
{% if exten_pickup_call -%}
<Call_Pickup_Code>{{ exten_pickup_call }}</Call_Pickup_Code>
<Attendant_Console_Call_Pickup_Code>{{ exten_pickup_call }}</Attendant_Console_Call_Pickup_Code>
{% endif -%}
{% if exten_pickup_group -%}
<Group_Call_Pickup_Code>{{ exten_pickup_group }}</Group_Call_Pickup_Code>
{% endif -%}
{% if XX_xivo_phonebook_url -%}
<XML_Directory_Service_Name>Wazo</XML_Directory_Service_Name>
<XML_Directory_Service_URL>{{ XX_xivo_phonebook_url }}</XML_Directory_Service_URL>
{% endif -%}
