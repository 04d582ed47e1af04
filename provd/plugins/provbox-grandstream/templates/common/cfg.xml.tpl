<?xml version="1.0" encoding="UTF-8"?>
<gs_provision version="1">
<config version="1">
<P212>{{ XX_server.protocol }}</P212>
<P237>{{ XX_server.path }}</P237>
</config>
</gs_provision>
