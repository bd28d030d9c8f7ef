"""Attention: which parts of a frame are looked at, how large and how often."""
