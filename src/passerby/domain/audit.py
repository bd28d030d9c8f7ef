"""Who did what with the system: entries of the audit log."""

from dataclasses import dataclass
from typing import Final

UNKNOWN_NAME: Final = "an unknown name"
"""What the audit log calls who tried to log in under a name that no account has.

Such a name is never recorded as it was typed: people type their password into the wrong field. Nor is its hash, by
which a password could be guessed, or its length.
"""

VIEW_OPENED: Final = "view.opened"
"""The action of a look: its entry names the camera and the purpose, and is counted publicly."""

REPLAY_OPENED: Final = "replay.opened"
"""The action of a look at the replay of an event, which the entry's detail names."""

EXPORTED: Final = "counts.exported"
"""The action of an export: its entry names the cameras, the form and the purpose."""

LOOKS: Final = (VIEW_OPENED, REPLAY_OPENED)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act.

    Attributes:
        time_ns: UTC nanoseconds.
        actor: the account, or the part of the system, that did it.
        action: what was done, as a dotted word: `configuration.applied`.
        subject: what it was done to.
        detail: one sentence more; empty where nothing is to be added.
        purpose: why, a word of the closed list `Purpose`; empty for acts that need none.
        case: the case that it was done for, as the person typed it; empty for acts that need none.
    """

    time_ns: int
    actor: str
    action: str
    subject: str
    detail: str = ""
    purpose: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class LogHead:
    """A log as the store has it. There is more than one after a restore: the last one is appended to.

    Attributes:
        number: counted from 1.
        origin: its name in checkpoints; no two logs in the world have the same.
        size: entries.
        start_ns: UTC nanoseconds at which it was begun.
        fault: why nothing is appended to it any more; empty while it is sound.
    """

    number: int
    origin: str
    size: int
    start_ns: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AuditLeaf:
    """An entry at its place in a log.

    Attributes:
        log: number of the log.
        index: place in it, from 0.
        entry: what it says; None where that was erased.
    """

    log: int
    index: int
    entry: AuditEntry | None
