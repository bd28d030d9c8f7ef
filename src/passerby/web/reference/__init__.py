"""The reference of the API: the examples in its description, and the page that people read."""
