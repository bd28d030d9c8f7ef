"""Anonymous pictures on demand: of a live camera for its viewers, and of a recording for its review film."""
