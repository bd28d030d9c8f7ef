"""What is drawn on a camera's picture: read from a site file, checked, written into it."""
