"""What happens at the cameras: place-safety events with decisions, replays and notices, and health reports."""
