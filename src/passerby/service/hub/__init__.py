"""The parts of a hub: whether it is the active one, its web server, audit log, register and outlets."""
