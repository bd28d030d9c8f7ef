"""What the search for standing things makes of single pictures."""
