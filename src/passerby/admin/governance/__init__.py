"""What is done with a site's register, its cases, and what it publishes."""
