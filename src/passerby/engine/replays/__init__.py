"""Replays of events between a camera's process and the store: encrypted, on disk for the hub, and deleted in time."""
