"""What was measured: as rows with coverage, and as columns for charts."""
