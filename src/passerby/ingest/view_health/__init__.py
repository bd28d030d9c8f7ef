"""Measures what a picture shows of its camera: brightness, texture, sharpness, and whether the view has moved."""
