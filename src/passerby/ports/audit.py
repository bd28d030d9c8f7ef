"""The protocol of the audit log: a tree of hashes that only grows, of which all can keep a checkpoint."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from passerby.domain.audit import AuditLeaf, LogHead
from passerby.domain.audit_reports import KeptCheckpoint, LeafProof, LogReport
from passerby.domain.queries import AuditQuery, EventQuery, Page


class AuditLog(Protocol):
    """What is done with the audit log beside appending to it. Without another word the last log is meant."""

    def use_key(self, key: bytes, kept: Path | None = None) -> None:
        """Sets the private key that checkpoints are signed with.

        Args:
            key: 32 bytes of Ed25519.
            kept: a file that each new checkpoint is also written to.
        """
        ...

    async def heads(self) -> tuple[LogHead, ...]:
        """Returns all logs, oldest first."""
        ...

    async def leaves(self, query: EventQuery) -> Page[AuditLeaf]:
        """Returns the entries of a stretch of time with their places, oldest first; erased ones have no time."""
        ...

    async def search(self, query: AuditQuery) -> Page[AuditLeaf]:
        """Returns the entries that match, with their places.

        So many entries are read for a page and no more: it may have few rows, or none, and others after it.

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def tile(self, level: int, number: int, width: int) -> bytes | None:
        """Returns the first `width` hashes of a tile (C2SP tlog-tiles); None where there are fewer."""
        ...

    async def newest_checkpoint(self) -> str | None:
        """Returns the checkpoint that was signed last, as a note; None before the first."""
        ...

    async def checkpoint(self) -> str:
        """Signs the log as it is now, stores the note and returns it; an unchanged log is not signed again.

        Raises:
            AuditBrokenError: the log does not continue what was signed before.
            StoreError: no key was set.
        """
        ...

    async def public_key(self) -> str:
        """Returns the public key that checkpoints are verified with: name+id+key.

        Raises:
            StoreError: no key was set.
        """
        ...

    async def prove(self, index: int, log: int | None = None) -> LeafProof:
        """Returns the proof that an entry is in the log, under a checkpoint that is signed now if there is a key.

        Raises:
            StoreError: there is no such entry or log, or no checkpoint.
        """
        ...

    async def prove_all(self, indices: Collection[int], log: int | None = None) -> tuple[LeafProof, ...]:
        """Returns the proofs of several entries under one checkpoint: the newest that has them all, or a new one.

        Raises:
            StoreError: there is no such entry or log, or no checkpoint.
        """
        ...

    async def verify(
        self, kept: Sequence[KeptCheckpoint] = (), keys: Sequence[str] = (), witnesses: Sequence[str] = ()
    ) -> tuple[LogReport, ...]:
        """Reads everything, and returns what is found about each log, oldest first.

        Args:
            kept: checkpoints kept elsewhere.
            keys: public keys of the log; its own where none is given.
            witnesses: public keys of witnesses.

        Raises:
            NoteError: one of the keys is none.
        """
        ...

    async def check(self, kept: Sequence[KeptCheckpoint] = ()) -> LogReport:
        """Verifies the last log, and marks it as broken or sound: nothing is appended to a broken one.

        Args:
            kept: checkpoints kept elsewhere.
        """
        ...

    async def mark(self, fault: str) -> None:
        """Marks the log as broken for every process that writes, and why; an empty text takes the mark away."""
        ...

    async def erase(self, indices: Iterable[int], actor: str, why: str) -> int:
        """Erases text and salt of entries for good, and appends an entry that names them; returns how many it were.

        Raises:
            StoreError: there is no such entry.
        """
        ...

    async def erase_about(self, account: str, actor: str, why: str) -> int:
        """Erases text and salt of all entries of an account, and of those about it, in all logs; returns how many."""
        ...

    async def begin(self, actor: str, why: str) -> LogHead:
        """Begins a new log, whose first entry names the one before; that one stays as it is, and can be verified."""
        ...
