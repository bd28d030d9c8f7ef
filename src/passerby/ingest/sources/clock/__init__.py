"""The time of a live camera's pictures: its stamps, its own reports, and arrival."""
