"""The store under a city's load, and how soon its charts are there."""
