"""Names, passwords, one-time codes, known browsers, and how their secrets are kept."""
