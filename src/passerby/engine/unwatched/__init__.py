"""Events that no camera's process reports: of cameras without one, and those that no worker knows of any more."""
