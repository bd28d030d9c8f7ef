"""Sending of published numbers to servers of others, each bin at least once and in order."""
