"""What runs inside a sandbox: the first steps, the jobs, the loop over frames, and the health of the camera."""
