"""The state of a live camera: what its pictures and its stream say, and past which values."""
