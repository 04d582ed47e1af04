<?xml version="1.0" encoding="UTF-8"?>
<flat-profile>
<Resync_On_Reset>Yes</Resync_On_Reset>
<Resync_Periodic>3600</Resync_Periodic>
<Profile_Rule>{{ XX_server_url }}/$MA.xml</Profile_Rule>
</flat-profile>
