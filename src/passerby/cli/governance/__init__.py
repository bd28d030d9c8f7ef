"""Commands about what a service answers for: the register, and retention."""
