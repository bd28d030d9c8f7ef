"""The wiring: from a configuration to rooms that work together. Nothing is decided here that a room could decide."""
