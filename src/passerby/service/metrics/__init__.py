"""What the hub's own parts report on /metrics."""
