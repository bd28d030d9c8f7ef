"""Cameras on USB."""
