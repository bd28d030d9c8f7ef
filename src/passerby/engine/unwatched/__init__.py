"""Events for which no process speaks: of cameras without one, and those that no worker knows of any more."""
