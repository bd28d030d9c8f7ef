"""What one key of a site file demands of another."""
