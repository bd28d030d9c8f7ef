"""The audit log in the database."""
