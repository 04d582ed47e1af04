<device
 device.set="1"
{%- if admin_password %}
 device.auth.localAdminPassword.set="1"
 device.auth.localAdminPassword="{{ admin_password }}"
{%- endif %}
{%- if user_password %}
 device.auth.localUserPassword.set="1"
 device.auth.localUserPassword="{{ user_password }}"
{%- endif %}
 device.net.vlanId.set="1"
 device.net.vlanId="{{ vlan_id if vlan_enabled else '' }}"
{%- if dns_enabled %}
 device.dns.serverAddress.set="1"
 device.dns.serverAddress="{{ dns_ip }}"
{%- endif %}
 device.syslog.serverName.set="1"
{%- if syslog_enabled %}
 device.syslog.serverName="{{ syslog_ip }}"
 device.syslog.transport.set="1"
 device.syslog.transport="UDP"
 device.syslog.renderLevel.set="1"
 device.syslog.renderLevel="{{ XX_syslog_level }}"
{%- else %}
 device.syslog.serverName=""
{%- endif %}
/>
