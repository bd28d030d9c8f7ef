"""What an administrator or an auditor does with the audit log, while the service runs or not."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.service import load_service
from passerby.domain.audit import AuditEntry, AuditLeaf, LogHead
from passerby.domain.audit_reports import KeptCheckpoint, LeafProof, LogReport
from passerby.domain.errors import PasserbyError
from passerby.domain.queries import LARGEST_PAGE, EventQuery
from passerby.engine.service_folder import ServiceFolder, service_folder
from passerby.ports import AuditLog
from passerby.units import DAY_S, NS_PER_S

if TYPE_CHECKING:
    from passerby.audit.checkpoints import OpenedCheckpoint

Answer = TypeVar("Answer")

_EVER_NS = 2**63 - 1
_LOOK_BACK_DAYS = (1, 30, 365, None)
"""The last entries are mostly of today: the whole log is read only where it holds no more than are asked for."""
_MAX_FILE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """An entry that is in a log.

    Attributes:
        entry: what it says.
        index: its place.
        checkpoint: under which it is proved, with those who signed it.
    """

    entry: AuditEntry
    index: int
    checkpoint: "OpenedCheckpoint"


def with_log(
    site: Path, data: Path | None, ask: Callable[[AuditLog, ServiceFolder], Awaitable[Answer]], *, key: bool = False
) -> Answer:
    """Opens the audit log of a site, and returns what it answers.

    Args:
        site: the site file.
        data: the data folder, where the site file does not name it.
        ask: what to ask, of the log and the data folder.
        key: the private key is needed; otherwise it is used where it can be read.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read.
        PasserbyError: the key is needed and cannot be read.
    """
    service = load_service(site, os.environ, passwords=False)
    url = store_url(service, data)
    folder = service_folder(service.plan.name, service.plan.data, data)

    async def run() -> Answer:
        # A quarter of a second of imports that other commands need not load, and that counting a video lacks.
        from passerby.audit.keys import private_key
        from passerby.audit.notes import NoteError
        from passerby.store.opening import open_site_store

        async with open_site_store(url, service.plan) as store:
            try:
                found = private_key(folder.audit_key, os.environ, make=False)
            except PasserbyError:
                if key:
                    raise
            else:
                store.audit_log.use_key(found.private_bytes_raw(), folder.audit_checkpoint)
            try:
                return await ask(store.audit_log, folder)
            except NoteError as error:
                raise PasserbyError(str(error)) from None

    return asyncio.run(run())


def verified(
    site: Path,
    data: Path | None,
    files: Sequence[Path] = (),
    keys: Sequence[str] = (),
    witnesses: Sequence[str] = (),
) -> tuple[LogReport, ...]:
    """Verifies all logs of a site, against its own checkpoints, the data folder's, and those in files."""
    given = [KeptCheckpoint(str(file), text_in(file)) for file in files]

    async def ask(log: AuditLog, folder: ServiceFolder) -> tuple[LogReport, ...]:
        last = folder.last_checkpoint()
        return await log.verify([*given, *([] if last is None else [last])], keys, witnesses)

    return with_log(site, data, ask)


def proved(site: Path, data: Path | None, index: int, log: int | None) -> LeafProof:
    """Returns the proof that an entry is in the log."""
    return with_log(site, data, lambda audit, _: audit.prove(index, log))


def checkpoint(site: Path, data: Path | None) -> tuple[str, str]:
    """Signs the log as it is now; returns the note and the public key."""

    async def ask(log: AuditLog, _: ServiceFolder) -> tuple[str, str]:
        return await log.checkpoint(), await log.public_key()

    return with_log(site, data, ask, key=True)


def public_key(site: Path, data: Path | None) -> str:
    """Returns the public key that checkpoints of the log are verified with; signs nothing."""
    return with_log(site, data, lambda log, _: log.public_key(), key=True)


def entries(site: Path, data: Path | None, last: int) -> tuple[AuditLeaf, ...]:
    """Returns the last entries by time, oldest first."""

    async def ask(log: AuditLog, _: ServiceFolder) -> tuple[AuditLeaf, ...]:
        now_ns = time.time_ns()
        rows: tuple[AuditLeaf, ...] = ()
        for days in _LOOK_BACK_DAYS:
            start_ns = 0 if days is None else now_ns - days * DAY_S * NS_PER_S
            rows = await _last(log, EventQuery(start_ns, _EVER_NS, limit=LARGEST_PAGE), last)
            if len(rows) >= last:
                break
        return rows

    return with_log(site, data, ask)


async def _last(log: AuditLog, query: EventQuery, last: int) -> tuple[AuditLeaf, ...]:
    rows: tuple[AuditLeaf, ...] = ()
    while True:
        page = await log.leaves(query)
        rows = (*rows, *page.rows)[-last:]
        if page.after is None:
            return rows
        query = replace(query, after=page.after)


def erased(site: Path, data: Path | None, indices: Sequence[int], why: str) -> int:
    """Erases entries; returns how many."""
    return with_log(site, data, lambda log, _: log.erase(indices, _account(), why))


def erased_about(site: Path, data: Path | None, account: str, why: str) -> int:
    """Erases the entries of an account, and those about it; returns how many.

    Raises:
        PasserbyError: the reason names the account; it is kept.
    """
    name = checked_reason(account, why)
    return with_log(site, data, lambda log, _: log.erase_about(name, _account(), why))


def checked_reason(account: str, why: str) -> str:
    """Returns an account's name as the log has it, where the reason for erasing it does not name it.

    Raises:
        PasserbyError: it does, or no account can have the name.
    """
    from passerby.access.credentials.names import looked_up

    name = looked_up(account)
    if name is None:
        raise PasserbyError("account: no account can have this name")
    if not why.strip() or name.casefold() in why.casefold():
        raise PasserbyError("a reason is needed; it is kept in the log, so it may not name the account")
    return name


def renewed(site: Path, data: Path | None, why: str) -> LogHead:
    """Begins a new log."""
    return with_log(site, data, lambda log, _: log.begin(_account(), why))


def proof_in(file: Path, keys: Sequence[str], witnesses: Sequence[str] = ()) -> ProvedEntry:
    """Verifies a proof without the log.

    Raises:
        PasserbyError: it proves nothing.
    """
    from passerby.audit.leaves import entry_of
    from passerby.audit.notes import NoteError, parsed_key
    from passerby.audit.proofs import parsed_proof, verify_proof
    from passerby.audit.tree import ProofError

    try:
        proof = parsed_proof(text_in(file))
        found = verify_proof(proof, [parsed_key(key) for key in keys], [parsed_key(key) for key in witnesses])
        return ProvedEntry(entry_of(proof.content or b""), proof.index, found)
    except (NoteError, ProofError, ValueError) as error:
        raise PasserbyError(f"{file}: {error}") from None


def text_in(file: Path) -> str:
    """Returns the text of a small file.

    Raises:
        PasserbyError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(_MAX_FILE_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PasserbyError(f"{file}: cannot be read: {why}") from None


def _account() -> str:
    return f"{machine_user()} on the command line"
