"""Who did what with the system: entries of the audit log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act.

    Attributes:
        time_ns: UTC nanoseconds.
        actor: the account, or the part of the system, that did it.
        action: what was done, as a dotted word: `configuration.applied`.
        subject: what it was done to.
        detail: one sentence more; empty where nothing is to be added.
    """

    time_ns: int
    actor: str
    action: str
    subject: str
    detail: str = ""
