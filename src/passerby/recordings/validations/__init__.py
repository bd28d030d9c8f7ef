"""Counts by hand for a running service: as requests, and sent to it."""
