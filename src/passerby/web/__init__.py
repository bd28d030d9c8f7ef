"""What is served: the HTTP API, live values, the live view and the first page."""
