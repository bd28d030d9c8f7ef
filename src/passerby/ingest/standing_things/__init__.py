"""Things that stand where nothing should: found in the pixels, reported as boxes alone."""
