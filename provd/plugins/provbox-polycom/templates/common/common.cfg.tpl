<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<polycomConfig>
<common
 voIpProt.SIP.specialEvent.checkSync.alwaysReboot="0"
 voIpProt.SIP.specialEvent.lineSeize.nonStandard="0"
 dialplan.digitmap=""
 up.welcomeSoundEnabled="0"
/>
</polycomConfig>
