"""Verification of a stored log, against its own checkpoints and those that were kept elsewhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.checkpoints import checkpoint_of, opened
from passerby.audit.notes import NoteError, VerifierKey, parsed_note
from passerby.audit.verification import LogVerification, Reference
from passerby.domain.audit import LogHead
from passerby.domain.audit_reports import Fault, Finding, KeptCheckpoint, LogReport
from passerby.store.audit_log import reading

THE_STORE = "the store"

_FEW = 100_000


async def verified(
    connection: AsyncConnection,
    head: LogHead,
    keys: Sequence[VerifierKey],
    kept: Sequence[KeptCheckpoint],
    witnesses: Sequence[VerifierKey],
) -> LogReport:
    """Returns what is found about one log.

    Args:
        connection: of `Backend.snapshot()`.
        head: the log.
        keys: one of them must have signed each checkpoint; none where no key is known.
        kept: checkpoints kept elsewhere, of this log and of others.
        witnesses: whose cosignatures are verified.
    """
    rows_there, findings = await reading.rows_of(connection, head), []
    if head.size > 2 * rows_there + _FEW:
        # Not to be looked for one by one: the size itself may be what was changed.
        why = f"the log says that it has {head.size} entries, and {rows_there} are there"
        findings.append(Finding(Fault.TRUNCATED, rows_there, head.size - 1, why))
        head = replace(head, size=rows_there)
    stored = [
        KeptCheckpoint(THE_STORE, note, elsewhere=False) for note in await reading.checkpoints(connection, head.number)
    ]
    references, wrong = [], findings
    for one in [*kept, *stored]:
        try:
            reference = _reference(one, head, keys, witnesses)
        except NoteError as error:
            wrong.append(Finding(Fault.CHECKPOINT, None, None, f"{one.where}: {error}"))
        else:
            references += [] if reference is None else [reference]
    tiles, erased = await reading.all_tiles(connection, head.number), await reading.erased_later(connection, head)
    check = LogVerification(head, tiles, references, erased)
    async for start, rows in reading.chunks(connection, head):
        # Hashing is left to another thread, so that a hub answers meanwhile.
        await asyncio.to_thread(check.add, start, rows)
    check.add_outside(await reading.outside(connection, head))
    report = await asyncio.to_thread(check.report)
    return replace(report, findings=(*report.findings, *wrong))


def _reference(
    kept: KeptCheckpoint, head: LogHead, keys: Sequence[VerifierKey], witnesses: Sequence[VerifierKey]
) -> Reference | None:
    """A checkpoint with its signatures verified, if any key is known; None where it is of another log.

    Raises:
        NoteError: it is no checkpoint, or not signed by any of the keys.
    """
    checkpoint = checkpoint_of(parsed_note(kept.note).text)
    if checkpoint.origin != head.origin:
        return None
    cosigned = opened(kept.note, keys, witnesses).witnesses if keys else ()
    return Reference(kept.where, kept.elsewhere, checkpoint, bool(keys), cosigned)
