"""The site file: its keys and units, its loader with errors that name file, line and key, and its check."""
