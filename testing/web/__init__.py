"""The web application for tests: made results behind it, and a real server before it."""
