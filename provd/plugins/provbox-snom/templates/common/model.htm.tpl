<?xml version="1.0" encoding="UTF-8"?>
<settings>
<phone-settings>
<setting_server perm="RW">{{ XX_server_url }}/</setting_server>
</phone-settings>
</settings>
