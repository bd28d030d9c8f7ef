"""The language of the pages that the service writes itself."""
