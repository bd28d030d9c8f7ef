"""One module a channel: webhook, e-mail, MQTT, web push."""
