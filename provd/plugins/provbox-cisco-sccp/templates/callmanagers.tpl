<callManagerGroup>
  <members>
  {%- for manager in XX_call_managers %}
    <member priority="{{ manager.priority }}">
      <callManager>
        <ports>
          <ethernetPhonePort>{{ manager.port }}</ethernetPhonePort>
          {%- if manager.sip_port %}
          <sipPort>{{ manager.sip_port }}</sipPort>
          <securedSipPort>{{ manager.sip_port }}</securedSipPort>
          {%- endif %}
        </ports>
        <processNodeName>{{ manager.ip }}</processNodeName>
      </callManager>
    </member>
  {%- endfor %}
  </members>
</callManagerGroup>
