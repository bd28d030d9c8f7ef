"""What is known of this moment and of the day so far, as it is sent."""
