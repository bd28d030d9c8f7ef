"""Taking away from a worker's process every right that seeing a street does not need, and saying how far that went."""
