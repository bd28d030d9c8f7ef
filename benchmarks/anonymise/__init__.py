"""What the anonymiser conceals, costs and leaves, and the face finders that judge it."""
