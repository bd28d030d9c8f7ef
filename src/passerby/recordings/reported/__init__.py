"""Counts for a report: out of files of counts, and out of the store of a service."""
