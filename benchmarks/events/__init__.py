"""How well place-safety rules find what they are for, how often they fire on nothing, and what they cost."""
