"""Retention: what is older than its limit is deleted, by a clock that is believed."""
