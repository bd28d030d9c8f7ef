"""Frozen data types and errors that every room shares; imports nothing of ours."""
