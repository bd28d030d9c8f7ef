"""What moves in the picture without being detected: boxes of motion."""
