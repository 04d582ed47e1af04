# of every Acme
server = {{ http_base_url }}
