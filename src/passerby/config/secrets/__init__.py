"""Secrets that stand in a site file's text: hidden where it is shown, put back, taken out."""
