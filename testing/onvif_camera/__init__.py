"""ONVIF cameras for tests: one that answers as a test tells it, and the virtual camera of another project."""
