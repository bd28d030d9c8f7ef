"""The documentation's pictures, made of the demo: its pages as a browser shows them, and the picture of its count."""
