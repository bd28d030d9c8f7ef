"""How the value of each kind of rule is worked out."""
