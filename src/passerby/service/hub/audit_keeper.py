"""Keeps the audit log of a running hub: verified at the start, and signed every few minutes."""

import asyncio
from collections.abc import Mapping
from typing import Final

from passerby.audit.checkpoints import checkpoint_of
from passerby.audit.keys import private_key
from passerby.audit.notes import NoteError, parsed_note
from passerby.domain.audit_reports import KeptCheckpoint
from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import ServiceFolder
from passerby.ports import AuditLog, StoreError, StoreUnavailableError
from passerby.telemetry.logs import get_log

CHECKPOINT_S: Final = 300.0
ACTOR: Final = "passerby"


class AuditKeeper:
    """Verifies the log before anything is appended to it, and signs checkpoints.

    Args:
        log: the audit log.
        folder: the data folder, with the key and the last checkpoint.
        environment: where systemd names its credentials.
    """

    def __init__(self, log: AuditLog, folder: ServiceFolder, environment: Mapping[str, str]) -> None:
        self._audit, self._folder, self._environment = log, folder, environment
        self._log = get_log()

    async def start(self) -> bool:
        """Verifies the log, and says in the service's log what is wrong with it; returns whether it is sound.

        Raises:
            StoreError: the database does not answer.
        """
        kept = await self._known(self._folder.last_checkpoint())
        self._use_key()
        why = await self._faults(kept)
        if not why:
            await self.sign()
            return True
        self._log.error(
            "the audit log is broken: nothing is appended to it, and what would have to be audited is refused",
            why=why,
            do="`passerby audit verify SITE.yaml` names the entries, `passerby audit renew "
            "SITE.yaml --why WHY` begins a new log",
        )
        return False

    async def run(self, every_s: float = CHECKPOINT_S) -> None:
        """Signs the log, over and over."""
        while True:
            await asyncio.sleep(every_s)
            await self.sign()

    async def sign(self) -> None:
        """Signs the log as it is now; a fault is said in the service's log, and the next time may be better."""
        try:
            await self._audit.checkpoint()
        except (StoreError, OutputError) as fault:
            self._log.error("no checkpoint of the audit log could be signed", why=str(fault))

    async def _faults(self, kept: KeptCheckpoint | None) -> list[str]:
        """What is wrong with the log; the log is then marked, so that no process appends to it."""
        try:
            report = await self._audit.check(() if kept is None else (kept,))
        except StoreUnavailableError:
            raise
        except StoreError as fault:  # pages of the database that cannot be read any more
            await self._audit.mark(str(fault))
            return [str(fault)]
        return [finding.why for finding in report.findings[:5]]

    def _use_key(self) -> None:
        try:
            key = private_key(self._folder.audit_key, self._environment)
        except PasserbyError as fault:
            self._log.error("the audit log is not signed", why=str(fault))
        else:
            self._audit.use_key(key.private_bytes_raw(), self._folder.audit_checkpoint)

    async def _known(self, kept: KeptCheckpoint | None) -> KeptCheckpoint | None:
        """The kept checkpoint, if its log is in this database; otherwise a new log begins, which names it."""
        if kept is None:
            return None
        try:
            origin = checkpoint_of(parsed_note(kept.note).text).origin
        except NoteError:
            self._log.error("the last checkpoint in the data folder is none any more", file=kept.where)
            return None
        if origin in {head.origin for head in await self._audit.heads()}:
            return kept
        self._log.error("the audit log that was signed last is not in this database: a new one begins", log=origin)
        why = f"The log that was signed last here is not in this database; its last checkpoint:\n{kept.note}"
        await self._audit.begin(ACTOR, why)
        return None
