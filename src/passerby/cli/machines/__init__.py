"""Commands about machines: checking one, backing one up, and letting several work together."""
