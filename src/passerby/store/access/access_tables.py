"""The tables of accounts, as the newest migration leaves them. No secret that logs anyone in is in them."""

import sqlalchemy as sa

from passerby.store.schema import tables


def _name() -> sa.Column[str]:
    return sa.Column("account", sa.Text, nullable=False, index=True)


accounts = sa.Table(
    "accounts",
    tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("skeleton", sa.Text, nullable=False, unique=True),
    sa.Column("handle", sa.Text, nullable=False, unique=True),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("enabled", sa.SmallInteger, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("code_secret", sa.Text),
)

recovery_codes = sa.Table(
    "recovery_codes",
    tables,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("code_hash", sa.Text, primary_key=True),
)

used_codes = sa.Table(
    "used_codes",
    tables,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
)

identities = sa.Table(
    "identities",
    tables,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    _name(),
)

passkeys = sa.Table(
    "passkeys",
    tables,
    sa.Column("credential_id", sa.Text, primary_key=True),
    _name(),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("used_ns", sa.BigInteger, nullable=False),
)

challenges = sa.Table(
    "challenges",
    tables,
    sa.Column("challenge_hash", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
)

sessions = sa.Table(
    "sessions",
    tables,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    _name(),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("strong", sa.SmallInteger, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("used_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("authenticated_ns", sa.BigInteger, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
)

session_purposes = sa.Table(
    "session_purposes",
    tables,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("case_text", sa.Text, nullable=False),
    sa.Column("camera", sa.Text),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
)

grants = sa.Table(
    "grants",
    tables,
    sa.Column("grant_id", sa.Integer, primary_key=True),
    _name(),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("camera_group", sa.Text, nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("revoked_ns", sa.BigInteger),
)

api_tokens = sa.Table(
    "api_tokens",
    tables,
    sa.Column("token_id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False),
    _name(),
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

push_subscriptions = sa.Table(
    "push_subscriptions",
    tables,
    sa.Column("endpoint", sa.Text, primary_key=True),
    _name(),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
)
"""As they are needed to send; without the service's own key, which is not here, push services take nothing for them."""

fleet_nodes = sa.Table(
    "fleet_nodes",
    tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("enrolment", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("joined_ns", sa.BigInteger, nullable=False),
    sa.Column("seen_ns", sa.BigInteger, nullable=False),
    sa.Column("state_ns", sa.BigInteger, nullable=False),
    sa.Column("certificate_end_ns", sa.BigInteger, nullable=False),
    sa.Column("counter", sa.BigInteger, nullable=False),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("clock_off_s", sa.Double, nullable=False),
    sa.Column("program", sa.Text, nullable=False),
    sa.Column("drained_ns", sa.BigInteger),
    sa.Column("cameras", sa.Integer),
    sa.Column("workers", sa.Integer),
    sa.Column("outbox_rows", sa.BigInteger),
    sa.Column("reported_ns", sa.BigInteger),
)
"""Machines that have joined, by certificates that are not here."""

fleet_invitations = sa.Table(
    "fleet_invitations",
    tables,
    sa.Column("secret_hash", sa.Text, primary_key=True),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("made_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("used_ns", sa.BigInteger),
)
