"""What alembic runs for each migration: on the connection, and in the transaction, that the store has opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="passerby_version")
context.run_migrations()
