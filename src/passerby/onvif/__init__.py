"""Finding cameras on the network and asking them what they stream, over ONVIF; nothing here opens a stream."""
