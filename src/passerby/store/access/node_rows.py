"""Nodes and the invitations to join, as rows."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields

import sqlalchemy as sa

from passerby.domain.audit import AuditEntry
from passerby.domain.fleet import FleetNode, NodeInvitation, NodeReport, NodeState, Presented
from passerby.store.access.access_tables import fleet_invitations, fleet_nodes
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend, Row
from passerby.store.databases.texts import check_texts
from passerby.units import DAY_S, NS_PER_S

KEPT_NS = 30 * DAY_S * NS_PER_S
"""Invitations are kept so long after their end, so that the error of a second use can say when the first was."""

_REPORTED = tuple(each.name for each in fields(NodeReport))


class NodeRows:
    """The tables of nodes and invitations; a `FleetStore`.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit, self._reported = backend, audit, backend.failures.reported

    async def add_invitation(self, invitation: NodeInvitation, entry: AuditEntry) -> None:
        """See `FleetStore`."""
        check_texts("invitation", invitation.node, invitation.pool)
        table = fleet_invitations
        async with self._reported("inviting a node"), self._backend.writing() as connection:
            replaced = sa.and_(table.c.node == invitation.node, table.c.used_ns.is_(None))
            old = table.c.end_ns < invitation.made_ns - KEPT_NS
            await connection.execute(sa.delete(table).where(replaced | old))
            await connection.execute(sa.insert(table).values(**asdict(invitation)))
            await self._audit.append(connection, entry)

    async def invitation(self, secret_hash: str) -> NodeInvitation | None:
        """See `FleetStore`."""
        wanted = sa.select(fleet_invitations).where(fleet_invitations.c.secret_hash == secret_hash)
        async with self._reported("reading an invitation"), self._backend.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else NodeInvitation(**row._mapping)

    async def invitations(self) -> tuple[NodeInvitation, ...]:
        """See `FleetStore`."""
        table = fleet_invitations
        wanted = sa.select(table).where(table.c.used_ns.is_(None)).order_by(table.c.node)
        async with self._reported("reading invitations"), self._backend.reading() as connection:
            return tuple(NodeInvitation(**row._mapping) for row in await connection.execute(wanted))

    async def join(self, secret_hash: str, node: FleetNode, entry: AuditEntry) -> bool:
        """See `FleetStore`."""
        check_texts("node", node.name, node.pool, node.program)
        table = fleet_invitations
        standing = (table.c.secret_hash == secret_hash, table.c.used_ns.is_(None), table.c.end_ns > node.joined_ns)
        row = _row(node)
        async with self._reported("joining a node"), self._backend.writing() as connection:
            use = sa.update(table).where(*standing).values(used_ns=node.joined_ns)
            if (await connection.execute(use)).rowcount != 1:
                return False
            # Who is invited anew under the name of a drained machine is drained as well.
            kept = ("name", "drained_ns")
            await self._backend.put(connection, fleet_nodes, [row], update=[one for one in row if one not in kept])
            await self._audit.append(connection, entry)
        return True

    async def nodes(self) -> tuple[FleetNode, ...]:
        """See `FleetStore`."""
        return await self._nodes(sa.true())

    async def node(self, name: str) -> FleetNode | None:
        """See `FleetStore`."""
        return next(iter(await self._nodes(fleet_nodes.c.name == name)), None)

    async def changed(self, since_ns: int) -> tuple[FleetNode, ...]:
        """See `FleetStore`."""
        return await self._nodes(fleet_nodes.c.state_ns >= since_ns)

    async def admit(self, presented: Presented) -> bool:
        """See `FleetStore`."""
        check_texts("node", presented.program)
        table = fleet_nodes
        # One statement, so that of two connections with one number only one can be taken.
        change = (
            sa.update(table)
            .where(
                table.c.name == presented.node,
                table.c.enrolment == presented.enrolment,
                table.c.state == NodeState.JOINED.value,
                table.c.counter < presented.counter,
            )
            .values(
                counter=presented.counter,
                run=presented.run,
                clock_off_s=presented.clock_off_s,
                program=presented.program,
                seen_ns=presented.time_ns,
            )
        )
        async with self._reported("admitting a node"), self._backend.writing() as connection:
            return (await connection.execute(change)).rowcount == 1

    async def set_state(self, name: str, state: NodeState, time_ns: int, entry: AuditEntry) -> bool:
        """See `FleetStore`."""
        table = fleet_nodes
        change = sa.update(table).where(table.c.name == name, table.c.state != state.value)
        async with self._reported("changing a node"), self._backend.writing() as connection:
            changed = (await connection.execute(change.values(state=state.value, state_ns=time_ns))).rowcount
            if changed:
                await self._audit.append(connection, entry)
        return bool(changed)

    async def renewed(self, name: str, end_ns: int, entry: AuditEntry) -> None:
        """See `FleetStore`."""
        change = sa.update(fleet_nodes).where(fleet_nodes.c.name == name).values(certificate_end_ns=end_ns)
        async with self._reported("renewing a certificate"), self._backend.writing() as connection:
            await connection.execute(change)
            await self._audit.append(connection, entry)

    async def seen(self, names: Collection[str], time_ns: int) -> None:
        """See `FleetStore`."""
        if not names:
            return
        those = self._backend.among(fleet_nodes.c.name, sorted(names))
        async with self._reported("updating nodes"), self._backend.writing() as connection:
            await connection.execute(sa.update(fleet_nodes).where(those).values(seen_ns=time_ns))

    async def set_drained(self, name: str, since_ns: int | None, entry: AuditEntry) -> bool:
        """See `FleetStore`."""
        table = fleet_nodes
        other = table.c.drained_ns.is_not(None) if since_ns is None else table.c.drained_ns.is_(None)
        change = sa.update(table).where(table.c.name == name, other).values(drained_ns=since_ns)
        async with self._reported("draining a node"), self._backend.writing() as connection:
            changed = (await connection.execute(change)).rowcount
            if changed:
                await self._audit.append(connection, entry)
        return bool(changed)

    async def reported(self, reports: Mapping[str, NodeReport], time_ns: int) -> None:
        """See `FleetStore`."""
        table = fleet_nodes
        async with self._reported("updating nodes"), self._backend.writing() as connection:
            for name, report in sorted(reports.items()):
                change = sa.update(table).where(table.c.name == name)
                await connection.execute(change.values(**asdict(report), reported_ns=time_ns))

    async def _nodes(self, wanted: sa.ColumnElement[bool]) -> tuple[FleetNode, ...]:
        query = sa.select(fleet_nodes).where(wanted).order_by(fleet_nodes.c.name)
        async with self._reported("reading nodes"), self._backend.reading() as connection:
            return tuple(_node(row) for row in await connection.execute(query))


def _row(node: FleetNode) -> Row:
    values = {**asdict(node), "state": node.state.value}
    report = values.pop("report")
    return {**values, **(report or dict.fromkeys(_REPORTED))}


def _node(row: sa.Row[tuple[object, ...]]) -> FleetNode:
    values = dict(row._mapping)
    reported = {name: values.pop(name) for name in _REPORTED}
    report = None if None in reported.values() else NodeReport(**reported)
    return FleetNode(**{**values, "state": NodeState(values["state"]), "report": report})
