"""Disclosure control: what every number passes before it leaves the site."""
