"""A whole service, started for a trial: asked over its API, and done harm to."""
