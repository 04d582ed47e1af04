<ap>
<DownloadDeviceConf>1</DownloadDeviceConf>
<FlashServerIP>{{ XX_server_url }}</FlashServerIP>
<FlashFileName>Fanvil/$mac.cfg</FlashFileName>
<FlashProtocol>4</FlashProtocol>
<FlashMode>1</FlashMode>
<pnp>
<PNPEnable>0</PNPEnable>
</pnp>
</ap>
