"""What recordings say of themselves, and what they lack."""
