"""The SQL store: one schema, on SQLite or PostgreSQL."""

from passerby.store.opening import open_store

__all__ = ["open_store"]
