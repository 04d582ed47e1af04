<sysConf>
<Version>2.0002</Version>
{% include 'server.tpl' %}
<phone>
{% if admin_password -%}
<MenuPassword>{{ admin_password }}</MenuPassword>
{% endif -%}
{% if XX_language -%}
<display>
<DefaultLanguage>{{ XX_language }}</DefaultLanguage>
</display>
{% endif -%}
<date>
<EnableSNTP>{{ '1' if ntp_enabled else '0' }}</EnableSNTP>
{% if ntp_enabled -%}
<SNTPServer>{{ ntp_ip }}</SNTPServer>
{% endif -%}
{% if XX_time -%}
<TimeZone>{{ XX_time.quarters }}</TimeZone>
<TimeZoneName>{{ XX_time.name }}</TimeZoneName>
<EnableDST>{{ '2' if XX_time.changes else '0' }}</EnableDST>
{% if XX_time.changes -%}
<DSTFixedType>2</DSTFixedType>
<DSTMinOffset>{{ XX_time.save }}</DSTMinOffset>
{% endif -%}
{% for change in XX_time.changes -%}
{% set name = 'DST' + change.name -%}
<{{ name }}Mon>{{ change.month }}</{{ name }}Mon>
<{{ name }}Week>{{ change.week }}</{{ name }}Week>
<{{ name }}Wday>{{ change.weekday }}</{{ name }}Wday>
<{{ name }}Hour>{{ change.hour }}</{{ name }}Hour>
{% endfor -%}
{% endif -%}
</date>
{% if XX_xivo_phonebook_url -%}
<xmlContact index="1">
<Name>Wazo</Name>
<Addr>{{ XX_xivo_phonebook_url }}</Addr>
<PhonebookType>0</PhonebookType>
</xmlContact>
{% endif -%}
</phone>
{% if XX_wazo_phoned_user_service_dnd_enabled_url -%}
<cti>
<DNDOnUrl>{{ XX_wazo_phoned_user_service_dnd_enabled_url }}</DNDOnUrl>
<DNDOffUrl>{{ XX_wazo_phoned_user_service_dnd_disabled_url }}</DNDOffUrl>
</cti>
{% endif -%}
<web>
{% if admin_password -%}
<account index="1">
<Name>{{ admin_username or 'admin' }}</Name>
<Password>{{ admin_password }}</Password>
<Level>10</Level>
</account>
{% endif -%}
{% if user_password -%}
<account index="2">
<Name>{{ user_username or 'guest' }}</Name>
<Password>{{ user_password }}</Password>
<Level>5</Level>
</account>
{% endif -%}
</web>
<qos>
<EnableVLAN>{{ '1' if vlan_enabled else '0' }}</EnableVLAN>
{% if vlan_enabled -%}
<VLANID>{{ vlan_id }}</VLANID>
<SignallingPriority>{{ vlan_priority or 0 }}</SignallingPriority>
<VoicePriority>{{ vlan_priority or 0 }}</VoicePriority>
<EnablePVID>{{ '2' if vlan_pc_port_id else '0' }}</EnablePVID>
{% if vlan_pc_port_id -%}
<PVIDValue>{{ vlan_pc_port_id }}</PVIDValue>
{% endif -%}
{% endif -%}
</qos>
{% if XX_tone -%}
<mm>
<SelectYourTone>{{ XX_tone }}</SelectYourTone>
</mm>
{% endif -%}
<log>
<Level>{{ XX_syslog_level[0] }}</Level>
<SyslogServer>{{ syslog_ip if syslog_enabled else '0.0.0.0' }}</SyslogServer>
<SyslogServerPort>{{ syslog_port or 514 }}</SyslogServerPort>
</log>
<sip>
{% for account in XX_accounts -%}
{% include 'line.tpl' %}
{% endfor -%}
</sip>
{% if XX_pages -%}
<dsskey>
<FuncKeyPageNum>{{ XX_pages|length }}</FuncKeyPageNum>
{% for page in XX_pages -%}
<internal index="{{ page.no }}">
{% for key in page['keys'] -%}
<Fkey index="{{ key.index }}">
<Type>{{ key.type }}</Type>
<Value>{{ key.value }}</Value>
<Title>{{ key.title }}</Title>
</Fkey>
{% endfor -%}
</internal>
{% endfor -%}
</dsskey>
{% endif -%}
</sysConf>
