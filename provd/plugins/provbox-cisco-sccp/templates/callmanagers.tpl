<callManagerGroup>
  <members>
  {%- for manager in XX_call_managers %}
    <member priority="{{ manager.priority }}">
      <callManager>
        <ports>
          <ethernetPhonePort>{{ manager.port }}</ethernetPhonePort>
        </ports>
        <processNodeName>{{ manager.ip }}</processNodeName>
      </callManager>
    </member>
  {%- endfor %}
  </members>
</callManagerGroup>
