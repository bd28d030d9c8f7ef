"""Place-safety events as they stand, and what people decided about them."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind, Judgement, RuleRecord
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.place_events import EventGroup, EventState, PlaceEvent, Sample
from passerby.domain.queries import Page, PlaceEventQuery
from passerby.ports import StoreError, TooManyDecisionsError
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend, Row
from passerby.store.databases.paging import not_a_page, number_and_name_of
from passerby.store.databases.texts import check_texts
from passerby.store.schema import event_decisions, place_events
from passerby.text import in_nfc

MAX_DECISIONS: Final = 500
"""About one event: an answer holds all of them."""

_FIELDS: Final = tuple(each.name for each in fields(PlaceEvent))
LISTED: Final = tuple(column for column in place_events.columns if column.name in _FIELDS and column.name != "samples")
"""What lists of events read: all but the samples, of which there are up to 120."""
_UPDATED: Final = tuple(name for name in _FIELDS if name != "event_id")


class PlaceEvents:
    """Tables of events and decisions.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit = backend, audit

    async def store(self, events: Sequence[PlaceEvent]) -> None:
        """See `EventStore.store_events`."""
        newest: dict[str, PlaceEvent] = {}
        for one in events:
            _check(one)
            if one.event_id not in newest or newest[one.event_id].updated_ns < one.updated_ns:
                newest[one.event_id] = one
        # By id, so that two writers wait for each other in one order only.
        rows = [row_of_event(newest[event_id]) for event_id in sorted(newest)]
        async with self._backend.writing() as connection:
            await self._backend.put(connection, place_events, rows, update=_UPDATED, if_greater="updated_ns")

    async def page(self, query: PlaceEventQuery) -> Page[PlaceEvent]:
        """See `EventStore.events`."""
        table = place_events
        wanted = sa.select(*LISTED).where(*self._conditions(query))
        if query.after is not None:
            wanted = wanted.where(sa.tuple_(table.c.start_ns, table.c.event_id) > _place_of(query.after))
        wanted = wanted.order_by(table.c.start_ns, table.c.event_id).limit(query.limit + 1)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        rows = tuple(map(event_of_row, found[: query.limit]))
        return Page(rows, f"{rows[-1].start_ns}.{rows[-1].event_id}" if len(found) > query.limit else None)

    async def event(self, event_id: str) -> PlaceEvent | None:
        """See `EventStore.event`."""
        wanted = sa.select(place_events).where(place_events.c.event_id == event_id)
        async with self._backend.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else event_of_row(row)

    async def groups(self, query: PlaceEventQuery) -> Page[EventGroup]:
        """See `EventStore.event_groups`."""
        columns = place_events.c
        began_ns = sa.func.min(columns.start_ns)
        wanted = sa.select(columns.group_id, began_ns.label("began_ns")).where(*self._conditions(query))
        wanted = wanted.group_by(columns.group_id)
        if query.after is not None:
            wanted = wanted.having(sa.tuple_(began_ns, columns.group_id) > _place_of(query.after))
        wanted = wanted.order_by(began_ns, columns.group_id).limit(query.limit + 1)
        whole = sa.select(*LISTED).order_by(columns.start_ns, columns.event_id)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
            listed = found[: query.limit]
            of_groups = self._backend.among(columns.group_id, [row.group_id for row in listed])
            events = map(event_of_row, (await connection.execute(whole.where(of_groups))).all() if listed else ())
            members: dict[str, list[PlaceEvent]] = {row.group_id: [] for row in listed}
            for one in events:
                members[one.group_id].append(one)
        groups = tuple(EventGroup(group_id, tuple(each)) for group_id, each in members.items() if each)
        more = len(found) > query.limit
        return Page(groups, f"{listed[-1].began_ns}.{listed[-1].group_id}" if more else None)

    async def add_decisions(self, decided: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        """See `EventStore.add_decisions`."""
        async with self._backend.writing() as connection:
            # Of two marks of one person at once, the second one finds the first.
            await self._backend.take_turn(connection)
            if not await self._are_there(connection, {decision.event_id for decision, _ in decided}):
                return False
            for decision, entry in decided:
                await self._add_decision(connection, decision, entry)
        return True

    async def _add_decision(self, connection: AsyncConnection, decision: Decision, entry: AuditEntry) -> None:
        check_texts("decision", decision.event_id, decision.account, decision.to, decision.note)
        if await self._is_repeated(connection, decision):
            return
        if await self._count(connection, event_decisions.c.event_id == decision.event_id) >= MAX_DECISIONS:
            raise TooManyDecisionsError(f"{MAX_DECISIONS} decisions about one event are enough. Note it elsewhere")
        await connection.execute(sa.insert(event_decisions).values(**_decision_row(decision)))
        await self._audit.append(connection, entry)

    async def _are_there(self, connection: AsyncConnection, event_ids: set[str]) -> bool:
        there = sa.select(sa.func.count()).select_from(place_events)
        there = there.where(self._backend.among(place_events.c.event_id, sorted(event_ids)))
        return bool((await connection.execute(there)).scalar_one() == len(event_ids))

    async def decisions(self, event_ids: Sequence[str]) -> tuple[Decision, ...]:
        """See `EventStore.decisions`."""
        table = event_decisions
        wanted = sa.select(table).where(self._backend.among(table.c.event_id, list(event_ids)))
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted.order_by(table.c.decision_id))).all()
        return tuple(map(_decision, found))

    async def rule_records(self, query: PlaceEventQuery) -> tuple[RuleRecord, ...]:
        """See `EventStore.rule_records`."""
        table, columns = event_decisions, place_events.c
        taken_back = sa.and_(
            table.c.kind == DecisionKind.TAKEN_BACK.value, table.c.assigned_to == DecisionKind.JUDGED.value
        )  # its verdict is the one that holds then
        judged = sa.or_(table.c.kind == DecisionKind.JUDGED.value, taken_back)
        last = sa.select(sa.func.max(table.c.decision_id)).where(judged).group_by(table.c.event_id)
        newest = sa.select(table.c.event_id, table.c.verdict).where(table.c.decision_id.in_(last)).subquery()
        by = (columns.camera, columns.rule, columns.kind)
        counts = [
            sa.func.count().filter(newest.c.verdict == verdict.value).label(verdict.value) for verdict in Judgement
        ]
        alarm = sa.and_(
            columns.group_id == columns.event_id, columns.silent == 0,
            columns.raised_ns >= query.start_ns, columns.raised_ns < query.end_ns,
        )  # fmt: skip
        counts += [
            sa.func.count().filter(alarm).label("alarms"),
            sa.func.count().filter(alarm, newest.c.verdict == Judgement.FALSE.value).label("false_alarms"),
            sa.func.count().filter(columns.silent == 1).label("silent"),
            sa.func.min(columns.raised_ns).filter(alarm).label("first_ns"),
        ]
        wanted = sa.select(*by, sa.func.count().label("events"), *counts).where(*self._conditions(query))
        wanted = wanted.outerjoin(newest, newest.c.event_id == columns.event_id).group_by(*by).order_by(*by)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
        return tuple(RuleRecord(**{**row, "kind": RuleKind(row["kind"])}) for row in found)

    def _conditions(self, query: PlaceEventQuery) -> list[sa.ColumnElement[bool]]:
        columns = place_events.c
        goes_on = sa.or_(columns.end_ns.is_(None), columns.end_ns >= query.start_ns)
        conditions = [columns.start_ns < query.end_ns, goes_on]
        wanted: tuple[tuple[sa.Column[Any], Sequence[str]], ...] = (
            (columns.camera, query.cameras),
            (columns.rule, query.rules),
            (columns.kind, [kind.value for kind in query.kinds]),
            (columns.state, [state.value for state in query.states]),
            (columns.severity, [severity.value for severity in query.severities]),
            (columns.group_id, query.groups),
        )
        if query.silent is not None:
            conditions.append(columns.silent == int(query.silent))
        return conditions + [self._backend.among(column, list(values)) for column, values in wanted if values]

    async def _is_repeated(self, connection: AsyncConnection, decision: Decision) -> bool:
        """Returns whether the person has marked the event as reviewed before."""
        if decision.kind is not DecisionKind.REVIEWED:
            return False
        columns = event_decisions.c
        same = columns.event_id == decision.event_id, columns.account == decision.account
        marked = await self._count(connection, *same, columns.kind == decision.kind.value)
        taken_back = columns.kind == DecisionKind.TAKEN_BACK.value, columns.assigned_to == decision.kind.value
        return marked > await self._count(connection, *same, *taken_back)

    async def _count(self, connection: AsyncConnection, *conditions: sa.ColumnElement[bool]) -> int:
        counted = sa.select(sa.func.count()).select_from(event_decisions).where(*conditions)
        return int((await connection.execute(counted)).scalar_one())


async def delete_decisions_before(connection: AsyncConnection, cutoff_ns: int) -> None:
    """Deletes what was decided about events that were updated last before then; to be called before those go."""
    old = sa.select(place_events.c.event_id).where(place_events.c.updated_ns < cutoff_ns)
    await connection.execute(sa.delete(event_decisions).where(event_decisions.c.event_id.in_(old)))


def _check(one: PlaceEvent) -> None:
    what = f"event {one.rule} of {one.camera}"
    check_texts(what, one.event_id, one.camera, one.rule, one.place, one.unit, one.why)
    numbers = (one.value, one.peak, one.threshold, one.confidence, one.coverage)
    values = chain(numbers, (sample.value for sample in one.samples))
    if not all(math.isfinite(each) for each in values if each is not None):
        raise StoreError(f"{what}: values and threshold must be finite numbers")


def row_of_event(one: PlaceEvent) -> Row:
    """Returns an event as its row, all values as both databases and JSON hold them."""
    # Names are kept composed, as queries ask for them.
    return {
        **{name: getattr(one, name) for name in _FIELDS},
        **{name: in_nfc(getattr(one, name)) for name in ("camera", "rule", "place")},
        "kind": one.kind.value,
        "severity": one.severity.value,
        "state": one.state.value,
        "at_least": int(one.at_least),
        "silent": int(one.silent),
        "samples": json.dumps([[sample.time_ns, sample.value] for sample in one.samples], allow_nan=False),
    }


def event_of_row(row: Any) -> PlaceEvent:
    """Returns the event of a row, or of anything with its attributes; without samples where it has none."""
    values = {name: getattr(row, name) for name in _FIELDS if name != "samples"}
    return PlaceEvent(
        **{
            **values,
            "kind": RuleKind(row.kind),
            "severity": Severity(row.severity),
            "state": EventState(row.state),
            "at_least": bool(row.at_least),
            "silent": bool(row.silent),
            "samples": tuple(Sample(time_ns, value) for time_ns, value in json.loads(getattr(row, "samples", "[]"))),
        }
    )


def _decision_row(one: Decision) -> Row:
    values = {**asdict(one), "kind": one.kind.value, "verdict": "" if one.verdict is None else one.verdict.value}
    # One column for what a decision is about: the account that it is handed over to, or the kind that is taken back.
    taken_back, to = values.pop("of"), values.pop("to")
    return {"assigned_to": taken_back.value if taken_back else to, **values}


def _decision(row: sa.Row[Any]) -> Decision:
    kind = DecisionKind(row.kind)
    taken_back = kind is DecisionKind.TAKEN_BACK
    return Decision(
        row.event_id,
        row.time_ns,
        row.account,
        kind,
        "" if taken_back else row.assigned_to,
        row.until_ns,
        Judgement(row.verdict) if row.verdict else None,
        row.note,
        DecisionKind(row.assigned_to) if taken_back else None,
    )


def _place_of(after: str) -> tuple[int, str]:
    start_ns, event_id = number_and_name_of(after)
    if not event_id.isalnum():
        raise not_a_page()
    return start_ns, event_id
