"""Why sessions look, as rows."""

from collections.abc import Mapping

import sqlalchemy as sa

from passerby.domain.access import Purpose, StatedPurpose
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import session_purposes
from passerby.store.access.part import Part


class PurposeRows(Part):
    """The table of purposes that sessions have stated."""

    async def state_purpose(self, session_id: str, stated: StatedPurpose, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        values = {"purpose": stated.purpose.value, "case_text": stated.case, "camera": stated.camera}
        row = {"session_id": session_id, **values, "end_ns": stated.end_ns}
        async with self._writing() as connection:
            await self._backend.put(connection, session_purposes, [row], update=[*values, "end_ns"])
            await self._append(connection, entry)

    async def end_purpose(self, session_id: str) -> None:
        """See `AccessStore`."""
        await self._changed(sa.delete(session_purposes).where(session_purposes.c.session_id == session_id), None)

    async def purposes(self, now_ns: int) -> Mapping[str, StatedPurpose]:
        """See `AccessStore`."""
        table = session_purposes
        wanted = sa.select(table).where(table.c.end_ns > now_ns).order_by(table.c.end_ns)
        async with self._reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return {
            row.session_id: StatedPurpose(Purpose(row.purpose), row.case_text, row.end_ns, row.camera) for row in rows
        }
