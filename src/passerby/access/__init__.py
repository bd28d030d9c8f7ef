"""Accounts, log-ins, sessions, roles, grants and tokens: who may do what, and since when."""

from passerby.access.access import Access
from passerby.access.errors import (
    AccessError,
    InputError,
    LogInRefusedError,
    NotAllowedError,
    ProviderError,
    RecentLogInNeededError,
    TooManyAttemptsError,
    UnknownIdentityError,
)
from passerby.access.values import NewSession, Place, Visitor

__all__ = [
    "Access",
    "AccessError",
    "InputError",
    "LogInRefusedError",
    "NewSession",
    "NotAllowedError",
    "Place",
    "ProviderError",
    "RecentLogInNeededError",
    "TooManyAttemptsError",
    "UnknownIdentityError",
    "Visitor",
]
