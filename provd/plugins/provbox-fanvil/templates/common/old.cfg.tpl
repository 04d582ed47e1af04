<?xml version="1.0" encoding="UTF-8"?>
<VOIP_CONFIG_FILE>
<version>2.0002</version>
<AUTOUPDATE_CONFIG_MODULE>
<Download_Server_IP>{{ XX_server_url }}</Download_Server_IP>
<Config_File_Name>Fanvil/$mac.cfg</Config_File_Name>
<Download_Protocol>4</Download_Protocol>
<Download_Mode>1</Download_Mode>
<PNP_Enable>0</PNP_Enable>
</AUTOUPDATE_CONFIG_MODULE>
</VOIP_CONFIG_FILE>
