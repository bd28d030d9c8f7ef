"""What happens at the cameras: place-safety events with what was decided about them, and health reports."""
