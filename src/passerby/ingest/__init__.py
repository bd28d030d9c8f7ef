"""Frames of a camera: the only room with raw pixels. What the pipeline sees of it is `stage`."""
