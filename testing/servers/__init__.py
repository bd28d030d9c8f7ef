"""Servers of others that tests run for themselves: a database, a mail server, an MQTT broker, a push service."""
