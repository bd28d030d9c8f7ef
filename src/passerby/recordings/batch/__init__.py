"""Many recordings, each counted by itself: on this machine, or on a cluster."""
