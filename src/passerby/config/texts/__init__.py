"""The site file as a text: its two copies on the disk, and single values of it changed."""
