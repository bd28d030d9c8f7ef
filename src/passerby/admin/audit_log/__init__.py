"""The audit log as its keepers see it: read, verified, proved and erased on the machine, witnessed on another."""
