"""passerby measures how a city's squares and streets are used; it measures the place, never the person."""

__version__ = "0.1.0"
