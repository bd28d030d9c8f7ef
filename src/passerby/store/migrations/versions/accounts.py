"""Revision 0006: accounts, what they log in with, sessions, grants and API tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the tables, empty: until there is an account, the one-time link lets in."""
    _accounts()
    _credentials()
    _sessions()
    _rights()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("skeleton", sa.Text, nullable=False, unique=True),
        sa.Column("handle", sa.Text, nullable=False, unique=True),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("enabled", sa.SmallInteger, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("code_secret", sa.Text),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("code_hash", sa.Text, primary_key=True),
    )
    op.create_table(
        "used_codes",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
    )


def _credentials() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
    )
    op.create_table(
        "passkeys",
        sa.Column("credential_id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("used_ns", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "challenges",
        sa.Column("challenge_hash", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
    )
    for table in ("identities", "passkeys"):
        op.create_index(f"ix_{table}_account", table, ["account"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("strong", sa.SmallInteger, nullable=False),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("used_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("authenticated_ns", sa.BigInteger, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])


def _rights() -> None:
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("camera_group", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("revoked_ns", sa.BigInteger),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("camera_groups", sa.Text, nullable=False),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("case_text", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("used_ns", sa.BigInteger, nullable=False),
        sa.Column("revoked_ns", sa.BigInteger),
    )
    for table in ("grants", "api_tokens"):
        op.create_index(f"ix_{table}_account", table, ["account"])
