"""Routes of this moment: the live values, the overview of all cameras, and the live view."""
