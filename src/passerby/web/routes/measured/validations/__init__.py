"""Counts by hand over HTTP, and what they say about the counts of lines."""
