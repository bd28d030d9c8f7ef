"""Backups of a store and their restore."""
