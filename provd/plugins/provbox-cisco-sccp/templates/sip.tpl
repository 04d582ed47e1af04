<sipProfile>
  <sipProxies>
    <registerWithProxy>true</registerWithProxy>
    <outboundProxy>{{ XX_first.outbound_proxy or '' }}</outboundProxy>
    <outboundProxyPort>{{ XX_first.outbound_port if XX_first.outbound_proxy else '' }}</outboundProxyPort>
  </sipProxies>
  <sipCallFeatures>
    <cnfJoinEnabled>true</cnfJoinEnabled>
    <rfc2543Hold>false</rfc2543Hold>
    <callHoldRingback>2</callHoldRingback>
    <localCfwdEnable>true</localCfwdEnable>
    <semiAttendedTransfer>true</semiAttendedTransfer>
    <anonymousCallBlock>2</anonymousCallBlock>
    <callerIdBlocking>2</callerIdBlocking>
    <dndControl>0</dndControl>
    <remoteCcEnable>true</remoteCcEnable>
  </sipCallFeatures>
  <sipStack>
    <timerRegisterExpires>3600</timerRegisterExpires>
    <timerSubscribeExpires>3600</timerSubscribeExpires>
    <remotePartyID>true</remotePartyID>
    <userInfo>None</userInfo>
  </sipStack>
  <transferOnhookEnabled>true</transferOnhookEnabled>
  <enableVad>false</enableVad>
  <dtmfAvtPayload>101</dtmfAvtPayload>
  <dtmfOutofBand>{{ XX_dtmf }}</dtmfOutofBand>
  <kpml>3</kpml>
  <phoneLabel>{{ XX_first.display_name or XX_first.number or '' }}</phoneLabel>
  <sipLines>
  {%- for account in XX_accounts %}
    <line button="{{ account.no }}" lineIndex="{{ account.no }}">
      <featureID>9</featureID>
      <featureLabel>{{ account.label }}</featureLabel>
      <proxy>{{ account.proxy }}</proxy>
      <port>{{ account.registrar_port }}</port>
      <name>{{ account.username }}</name>
      <displayName>{{ account.display_name or account.number }}</displayName>
      <contact>{{ account.username }}</contact>
      <authName>{{ account.auth_username }}</authName>
      <authPassword>{{ account.password }}</authPassword>
      <sharedLine>false</sharedLine>
      <callWaiting>3</callWaiting>
      <messageWaitingLampPolicy>1</messageWaitingLampPolicy>
      <messagesNumber>{{ account.voicemail }}</messagesNumber>
      <ringSettingIdle>4</ringSettingIdle>
      <ringSettingActive>5</ringSettingActive>
    </line>
  {%- endfor %}
  {%- for key in XX_keys %}
    <line button="{{ key.no }}" lineIndex="{{ key.no }}">
      <featureID>{{ key.feature }}</featureID>
      <featureLabel>{{ key.label }}</featureLabel>
      <speedDialNumber>{{ key.value }}</speedDialNumber>
      {%- if key.watched %}
      <featureOptionMask>1</featureOptionMask>
      {%- endif %}
    </line>
  {%- endfor %}
  </sipLines>
  <dialTemplate>dialplan.xml</dialTemplate>
</sipProfile>
