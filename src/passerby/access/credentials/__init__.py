"""Names, passwords, one-time codes, and how their secrets are kept."""
