"""The two databases, SQLite and PostgreSQL, behind one protocol."""
