"""Pictures in which nobody can be recognised: only what is certainly the empty place is shown, all else is redrawn."""
