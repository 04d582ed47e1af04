#!version:1.0.0.1
## What a phone gets before it has a file of its own.
{{ XX_static }}auto_provision.server.url = {{ XX_server_url }}
{{ XX_static }}auto_provision.power_on = 1
{{ XX_static }}auto_provision.pnp_enable = 0
{{ XX_static }}auto_provision.dhcp_option.enable = 1
sip.notify_reboot_enable = 0
