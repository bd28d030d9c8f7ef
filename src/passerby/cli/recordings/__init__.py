"""Commands on recordings: each reads one video in a sandbox."""
