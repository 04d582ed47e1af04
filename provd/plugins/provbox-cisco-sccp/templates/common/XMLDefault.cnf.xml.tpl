<?xml version="1.0" encoding="UTF-8"?>
<Default>
{% include 'callmanagers.tpl' %}
<authenticationURL></authenticationURL>
<directoryURL></directoryURL>
<idleURL></idleURL>
<informationURL></informationURL>
<messagesURL></messagesURL>
<servicesURL></servicesURL>
</Default>
