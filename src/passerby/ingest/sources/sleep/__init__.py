"""Sleep: where nothing happens only key pictures are decoded, and the sizes of the others are watched."""
