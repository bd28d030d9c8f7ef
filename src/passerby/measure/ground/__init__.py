"""What road users measure on calibrated ground: how fast they go, and what their size says of their class."""
