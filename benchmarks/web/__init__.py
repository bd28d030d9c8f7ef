"""What the web side costs."""
