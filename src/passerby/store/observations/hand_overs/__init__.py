"""Leases of cameras, and what was measured of a minute under each of them."""
