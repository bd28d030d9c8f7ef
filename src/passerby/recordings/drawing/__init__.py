"""The editor of lines and zones on a recording, without a service: the site file, the learned place, the page."""
