"""Whether what a camera's process reports can be the camera's: a process may have been taken over."""
