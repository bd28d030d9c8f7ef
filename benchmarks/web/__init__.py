"""The web application in a real browser."""
