"""What verification of an audit log finds, what it was held against, and the proof that an entry is in it."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What was done to a log."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    MOVED = "moved"
    ERASED = "erased"
    """Text and salt are gone, and no later entry names it."""
    HASH = "hash"
    """A stored hash of the tree; the entries below it are as they were appended."""
    TRUNCATED = "truncated"
    CHECKPOINT = "checkpoint"
    """The log is another one than was signed, or the signature is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        fault: its kind.
        first, last: the entries, as they were numbered when they were appended; for an inserted one where it lies now.
            None where no entry can be named.
        why: one sentence.
    """

    fault: Fault
    first: int | None
    last: int | None
    why: str


def entry_finding(fault: Fault, index: int, why: str) -> Finding:
    """Returns the finding about one entry."""
    return Finding(fault, index, index, f"entry {index} {why}")


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint that was kept outside of the log.

    Attributes:
        where: the name of its file.
        note: the signed note.
        elsewhere: on another machine than the log; what lies beside it proves less.
    """

    where: str
    note: str
    elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class UsedCheckpoint:
    """A checkpoint that a log was held against.

    Attributes:
        where: where it was kept: the store, or a file.
        elsewhere: it was given by who verifies; what only the store and its key holder have proves less.
        size: leaves.
        signed: the log's signature was verified; otherwise no key was known.
        witnesses: those whose cosignatures were verified.
        agrees: the log begins with exactly these leaves.
    """

    where: str
    elsewhere: bool
    size: int
    signed: bool
    witnesses: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True, slots=True)
class LogReport:
    """What was found about one log.

    Attributes:
        origin: its name.
        size: entries.
        root: over all of them, as they lie in the store now.
        erased: entries whose text and salt are gone, whose hashes are kept.
        findings: faults, those of entries first.
        checkpoints: what it was held against, those kept elsewhere first.
    """

    origin: str
    size: int
    root: bytes
    erased: int
    findings: tuple[Finding, ...]
    checkpoints: tuple[UsedCheckpoint, ...]

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.findings

    @property
    def covered(self) -> int:
        """How many of the first entries a checkpoint kept elsewhere vouches for; 0 without one."""
        return max((one.size for one in self.checkpoints if one.elsewhere and one.agrees), default=0)


@dataclass(frozen=True, slots=True)
class LeafProof:
    """The proof that an entry is in the log of a checkpoint.

    Attributes:
        index: its place.
        content: salt and text; None where they are erased.
        leaf_hash: of the content.
        path: hashes from the leaf up.
        checkpoint: the signed note of a log that holds the entry.
    """

    index: int
    content: bytes | None
    leaf_hash: bytes
    path: tuple[bytes, ...]
    checkpoint: str
