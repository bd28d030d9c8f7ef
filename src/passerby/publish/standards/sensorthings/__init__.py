"""The read side of OGC SensorThings 1.1 (18-088) on published numbers."""
