"""The outer side of the web: who asks, from where, and whether they may."""
