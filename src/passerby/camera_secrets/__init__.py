"""Passwords of cameras that are kept encrypted: the keys, the file, and what each value is bound to."""
