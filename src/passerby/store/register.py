"""The published versions of the register, and the cases of the public."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from passerby.domain.audit import AuditEntry
from passerby.domain.cases import Case, CaseKind
from passerby.domain.register import RegisterVersion
from passerby.ports import StoreError
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import cases, register_versions

PASSERBY = "passerby"
"""Who publishes, in the audit log."""
PUBLIC = "the public"
"""Who asks, in the audit log: nothing else is known of them."""


class RegisterTables:
    """Tables of register versions and of cases.

    Args:
        backend: the database.
        audit: appends to the audit log.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, audit: AuditWriter, clock: Callable[[], int]) -> None:
        self._backend, self._audit, self._clock = backend, audit, clock

    async def add(self, version: RegisterVersion) -> None:
        """See `RegisterStore.add_register`."""
        check_texts("register", version.text, version.sha256)
        table = register_versions
        async with self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            newest = (await connection.execute(sa.select(sa.func.max(table.c.number)))).scalar_one() or 0
            if version.number != newest + 1:
                raise StoreError(
                    f"register: version {version.number} cannot follow version {newest}. Does another passerby publish "
                    "into this database?"
                )
            await connection.execute(sa.insert(table).values(**asdict(version)))
            entry = AuditEntry(
                version.time_ns,
                PASSERBY,
                "register.published",
                f"version {version.number}",
                f"SHA-256 {version.sha256}",
            )
            await self._audit.append(connection, entry)

    async def version(self, number: int | None) -> RegisterVersion | None:
        """See `RegisterStore.register_version`."""
        table = register_versions
        wanted = sa.select(table).order_by(table.c.number.desc()).limit(1)
        if number is not None:
            wanted = wanted.where(table.c.number == number)
        async with self._backend.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else RegisterVersion(row.number, row.time_ns, row.sha256, row.text)

    async def heads(self) -> tuple[RegisterVersion, ...]:
        """See `RegisterStore.register_heads`."""
        columns = register_versions.c
        wanted = sa.select(columns.number, columns.time_ns, columns.sha256).order_by(columns.number)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return tuple(RegisterVersion(row.number, row.time_ns, row.sha256, "") for row in found)

    async def versions(self) -> tuple[RegisterVersion, ...]:
        """See `RegisterStore.register_versions`."""
        table = register_versions
        async with self._backend.reading() as connection:
            found = (await connection.execute(sa.select(table).order_by(table.c.number))).all()
        return tuple(RegisterVersion(row.number, row.time_ns, row.sha256, row.text) for row in found)

    async def add_case(self, case: Case) -> Case:
        """See `RegisterStore.add_case`."""
        check_texts("case", case.reference_sha256)
        values = {key: value for key, value in asdict(case).items() if key != "number"}
        async with self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            inserted = await connection.execute(
                sa.insert(cases).values(**{**values, "kind": case.kind.value}).returning(cases.c.number)
            )
            number = int(inserted.scalar_one())
            entry = AuditEntry(case.time_ns, PUBLIC, "case.opened", f"case {number}", case.kind.value)
            await self._audit.append(connection, entry)
        return replace(case, number=number)

    async def cases(self, *, open_only: bool) -> tuple[Case, ...]:
        """See `RegisterStore.cases`."""
        wanted = sa.select(cases).order_by(cases.c.number)
        if open_only:
            wanted = wanted.where(cases.c.answered_ns.is_(None))
        async with self._backend.reading() as connection:
            return tuple(map(_case, (await connection.execute(wanted)).all()))

    async def case_of(self, reference_sha256: str) -> Case | None:
        """See `RegisterStore.case_of`."""
        wanted = sa.select(cases).where(cases.c.reference_sha256 == reference_sha256)
        async with self._backend.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _case(row)

    async def answer_case(self, number: int, answer: bytes, author: str) -> bool:
        """See `RegisterStore.answer_case`."""
        check_texts("case", author)
        now_ns = self._clock()
        change = sa.update(cases).where(cases.c.number == number, cases.c.answered_ns.is_(None))
        async with self._backend.writing() as connection:
            changed = (await connection.execute(change.values(answered_ns=now_ns, answer=answer))).rowcount
            if changed:
                await self._audit.append(connection, AuditEntry(now_ns, author, "case.answered", f"case {number}"))
        return bool(changed)


def _case(row: sa.Row[Any]) -> Case:
    return Case(
        row.number,
        row.reference_sha256,
        CaseKind(row.kind),
        row.time_ns,
        row.due_ns,
        bytes(row.box),
        row.answered_ns,
        None if row.answer is None else bytes(row.answer),
    )
