"""Pages of log-in and accounts."""
