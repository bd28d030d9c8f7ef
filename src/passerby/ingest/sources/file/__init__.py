"""Recorded files."""
