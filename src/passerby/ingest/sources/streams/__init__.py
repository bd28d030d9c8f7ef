"""The streams of a camera: how one is received, and which of several is watched."""
