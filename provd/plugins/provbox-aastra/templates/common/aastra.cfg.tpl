# Settings of all phones.
download protocol: HTTP
auto resync mode: 0
sips persistent tls: 0
sip blf subscription period: 3600
sip explicit mwi subscription period: 3600
sip allow auto answer: 1
directed call pickup: 1
