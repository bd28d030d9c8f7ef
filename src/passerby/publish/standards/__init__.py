"""Published numbers as the trade's interfaces and messages have them: NGSI-LD, SensorThings, CloudEvents, InfluxDB."""
