"""The sealed room: only here are raw pixels. Its one door for the rest of the worker is `stage`."""
