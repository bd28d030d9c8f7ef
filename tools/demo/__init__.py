"""The whole service on the demo recording, which is played as a live camera."""
