"""The processes of a running service: hub, worker and supervisor, and the configuration that they apply."""
