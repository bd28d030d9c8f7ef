"""Nodes: machines that watch cameras on their own, and what the hub does for them."""
