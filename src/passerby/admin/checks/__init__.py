"""What `passerby doctor` checks of the machine and of a site."""
