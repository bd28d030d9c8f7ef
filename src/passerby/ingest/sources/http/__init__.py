"""Cameras that stream motion JPEG over HTTP."""
