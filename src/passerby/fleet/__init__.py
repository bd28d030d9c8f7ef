"""The link between a hub and the machines of its site: the site's authority, joining, TLS, bounded bandwidth."""
