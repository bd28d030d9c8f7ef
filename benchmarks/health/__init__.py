"""Camera health on real recordings: changed views noticed, unchanged ones left alone."""
