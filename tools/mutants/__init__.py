"""Small faults put into the code, one at a time, to measure how many of them the unit tests notice."""
