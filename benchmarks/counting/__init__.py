"""Counts, speeds, tracks and their cost, beside a counter made of other systems' public parts."""
