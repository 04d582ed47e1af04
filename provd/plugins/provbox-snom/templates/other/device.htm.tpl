<?xml version="1.0" encoding="UTF-8"?>
<setting-files>
<file url="{{ XX_server_url }}/{{ XX_filename }}"/>
</setting-files>
