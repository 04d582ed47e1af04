<router-configuration>
{% if ntp_enabled -%}
<Time_Setup>
<Time_Server>{{ ntp_ip }}</Time_Server>
</Time_Setup>
{% endif -%}
<WAN_VLAN_Setting>
<WAN_VLAN_Enable>{{ '1' if vlan_enabled else '0' }}</WAN_VLAN_Enable>
{% if vlan_enabled -%}
<WAN_VLAN_ID>{{ vlan_id }}</WAN_VLAN_ID>
{% endif -%}
</WAN_VLAN_Setting>
{% if admin_password -%}
<Web_Login_Admin_Name>{{ admin_username or 'admin' }}</Web_Login_Admin_Name>
<Web_Login_Admin_Password>{{ admin_password }}</Web_Login_Admin_Password>
{% endif -%}
{% if user_password -%}
<Web_Login_Guest_Name>{{ user_username or 'cisco' }}</Web_Login_Guest_Name>
<Web_Login_Guest_Password>{{ user_password }}</Web_Login_Guest_Password>
{% endif -%}
</router-configuration>
