"""The link between workers and the hub: both of its ends, and what it runs over."""
