"""Observations: their series, how they are written, rolled up, aggregated and read."""
