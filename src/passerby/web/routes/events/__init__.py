"""Place-safety events, what people decide about them, and how often rules were right."""
