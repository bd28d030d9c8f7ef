"""Parts of minutes: what was measured under several leases of a camera is added up, and never twice.

Of most minutes there is one part, whose rows are in `observations_60` as those of any other minute. Where there are
several, or one that is not added, the rows of each part are kept in `part_rows`, and the minute's rows are made of
them. They are made anew whenever a part comes, and whenever a lease turns out to have begun earlier: so the order in
which parts come, and come again, makes no difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import regroup
from passerby.domain.leases import NO_LEASE, Lease, WatchedPart, holding_fault, is_added, part_fault
from passerby.domain.observations import Observation
from passerby.domain.queries import Bin
from passerby.store.databases.backend import Backend, Row
from passerby.store.observations.bins import histogram_of, merged_bins, stored_bins
from passerby.store.observations.hand_overs.begun import BegunLeases, CameraMinute
from passerby.store.observations.hand_overs.leases import Leases
from passerby.store.observations.hand_overs.tables import minute_parts, part_rows
from passerby.store.observations.series import SeriesNames
from passerby.store.schema import minutes, series_keys
from passerby.text import in_nfc
from passerby.units import NS_PER_S

Place: TypeAlias = tuple[int, int]
"""UTC second and number of the series."""

Rows: TypeAlias = dict[int, Observation]
"""The rows of one camera's minute by the numbers of their series."""

MEASURED: Final = ("value", "error", "count", "coverage", "reliable", "bins", "unexplained")
"""The columns of a minute's row that are no key."""


def minute_row(place: Place, one: Observation) -> Row:
    """Returns an observation as a row of `observations_60`."""
    return {
        "start_s": place[0],
        "key_id": place[1],
        "value": None if one.value is None else float(one.value),
        "error": None if one.error is None else float(one.error),
        "count": one.count,
        "coverage": float(one.coverage),
        "reliable": int(one.reliable),
        "bins": stored_bins(one.histogram),
        "unexplained": float(one.unexplained),
    }


@dataclass(slots=True)
class _Known:
    """What is known of a minute: the part of each lease, which are kept apart, which are not added, and their rows."""

    parts: dict[int, WatchedPart] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)
    aside: set[int] = field(default_factory=set)
    rows: defaultdict[int, Rows] = field(default_factory=lambda: defaultdict(dict))

    def count(self, numbers: Iterable[int]) -> int:
        """Returns how many rows the parts of these numbers have."""
        return sum(len(self.rows[number]) for number in numbers)


class MinuteParts:
    """Stores which part of a minute rows are of.

    Args:
        backend: the database.
        leases: of cameras.
    """

    def __init__(self, backend: Backend, leases: Leases) -> None:
        self._backend = backend
        self._leases = leases
        self._begun = BegunLeases(backend, leases)
        self._names = SeriesNames(backend)

    async def sort(
        self, connection: AsyncConnection, rows: dict[Place, Observation], parts: Sequence[WatchedPart]
    ) -> "PartsAtHand":
        """Returns a batch's rows sorted, with what is stored of their minutes.

        Args:
            connection: of a transaction that writes.
            rows: sound ones, of one part of each minute.
            parts: what they are of; rows of other minutes are of the whole of these, measured under no lease.
        """
        cameras = {in_nfc(camera) for camera in {one.camera for one in rows.values()}}
        leases = await self._leases.of(connection, cameras, hold=True)
        if not leases and not parts:
            return PartsAtHand({}, rows)
        at_hand = PartsAtHand(leases, {})
        at_hand.take(_by_minute(rows), {(in_nfc(part.camera), part.start_ns // NS_PER_S): part for part in parts})
        begun = await self._begun.take(connection, at_hand.parts, at_hand.leases)
        at_hand.leases |= begun.leases
        at_hand.changed |= begun.overtaken
        await self._recall(connection, at_hand, at_hand.parts)
        at_hand.share()
        return at_hand

    async def store_plain(self, connection: AsyncConnection, at_hand: "PartsAtHand") -> None:
        """Stores of which parts those rows are that are stored as they are."""
        found = []
        for place in sorted(at_hand.parts.keys() - at_hand.shared):
            part, before = at_hand.parts[place], at_hand.known[place].parts
            together = part.plus(before[part.lease]) if part.lease in before else part
            if before.get(part.lease) != replace(together, node=""):
                found.append(_part_row(place, together, added=True, apart=False))
        await self._put_parts(connection, found)

    async def store_shared(self, connection: AsyncConnection, at_hand: "PartsAtHand") -> "Shared":
        """Stores the rows of minutes of several parts, and makes the minutes anew."""
        outcome, places = Shared(), at_hand.shared
        if not places:
            return outcome
        await self._recall(connection, at_hand, [place for place in places if place not in at_hand.known])
        await self._read_rows(connection, at_hand)
        parts: list[Row] = []
        own_rows: list[Row] = []
        minute_rows: list[Row] = []
        for place in sorted(places):
            known, added = at_hand.known[place], outcome.take(at_hand, place)
            for number, part in sorted(known.parts.items()):
                parts.append(_part_row(place, part, added=number in added, apart=True))
                rows = sorted(known.rows[number].items())
                own_rows += [{**minute_row((place[1], key_id), one), "number": number} for key_id, one in rows]
            minute_rows += [minute_row((place[1], key_id), one) for key_id, one in _together(known, added)]
        await self._put_parts(connection, parts)
        await self._backend.put(connection, part_rows, own_rows, update=MEASURED)
        await self._backend.put(connection, minutes, minute_rows, update=MEASURED)
        return outcome

    async def _recall(
        self, connection: AsyncConnection, at_hand: "PartsAtHand", places: Iterable[CameraMinute]
    ) -> None:
        """Reads which parts of some minutes are stored."""
        wanted = set(places)
        found = sa.select(minute_parts).where(
            self._backend.among(minute_parts.c.camera, sorted({camera for camera, _ in wanted})),
            self._backend.among(minute_parts.c.start_s, sorted({start_s for _, start_s in wanted})),
        )
        for place in wanted:
            at_hand.known[place] = _Known()
        for row in await connection.execute(found):
            known = at_hand.known.get((row.camera, row.start_s))
            if known is None or (row.camera, row.start_s) not in wanted:
                continue
            part = WatchedPart(row.camera, row.start_s * NS_PER_S, row.number, row.from_ms, row.to_ms)
            known.parts[row.number] = part
            if row.apart:
                known.apart.add(row.number)
            if not row.added:
                known.aside.add(row.number)

    async def _read_rows(self, connection: AsyncConnection, at_hand: "PartsAtHand") -> None:
        """Reads the rows of each part of the shared minutes."""
        places = at_hand.shared
        wanted = sa.select(series_keys.c.key_id, series_keys.c.camera)
        wanted = wanted.where(self._backend.among(series_keys.c.camera, sorted({camera for camera, _ in places})))
        cameras = {row.key_id: row.camera for row in await connection.execute(wanted)}
        await self._names.learn(connection, set(cameras))
        starts = sorted({start_s for _, start_s in places})
        for table in (part_rows, minutes):
            found = sa.select(table).where(
                self._backend.among(table.c.start_s, starts), self._backend.among(table.c.key_id, sorted(cameras))
            )
            for row in await connection.execute(found):
                place = cameras[row.key_id], row.start_s
                if place not in places:
                    continue
                known = at_hand.known[place]
                if table is part_rows:
                    known.rows[row.number][row.key_id] = self._observation(row)
                elif not known.apart:
                    # The rows of a minute's only part; those of a minute that has none yet are of the whole of it.
                    if not known.parts:
                        known.parts[0] = WatchedPart.whole(place[0], row.start_s * NS_PER_S)
                    known.rows[next(iter(known.parts))][row.key_id] = self._observation(row)

    def _observation(self, row: sa.Row[tuple[object, ...]]) -> Observation:
        camera, series, quantity, road_user, direction = self._names[row.key_id]
        histogram = None if row.bins is None else histogram_of(merged_bins([row.bins]))
        return Observation(
            camera, series, quantity, road_user, direction, row.start_s * NS_PER_S, int(Bin.MINUTE), row.value,
            row._mapping["count"], row.coverage, row.error, bool(row.reliable), histogram, unexplained=row.unexplained,
        )  # fmt: skip

    async def _put_parts(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        update = ("from_ms", "to_ms", "added", "apart")
        await self._backend.put(connection, minute_parts, rows, update=update)


class PartsAtHand:
    """What a batch brings, and what is stored of its minutes.

    Attributes:
        plain: rows that can be stored as they are: those of minutes of one part that counts.
        shared: minutes of several parts, or of one that does not count; those of the batch, and those that change.
        refused: rows that cannot have been measured under the lease that they name, each with the reason.
        leases: of the cameras, as they are with the batch.
        parts, rows: what each minute of a camera with leases is of, and its rows.
        known: what was stored of these minutes, and of those that change with them.
        changed: minutes that change because a lease began earlier than was known.
    """

    def __init__(self, leases: Mapping[str, Sequence[Lease]], plain: dict[Place, Observation]) -> None:
        self.leases = dict(leases)
        self.plain = plain
        self.shared: set[CameraMinute] = set()
        self.refused: list[tuple[Observation, str]] = []
        self.parts: dict[CameraMinute, WatchedPart] = {}
        self.rows: dict[CameraMinute, Rows] = {}
        self.known: dict[CameraMinute, _Known] = {}
        self.changed: set[CameraMinute] = set()

    def take(self, rows: Mapping[CameraMinute, Rows], given: Mapping[CameraMinute, WatchedPart]) -> None:
        """Takes in a batch's rows, with the parts that they are said to be of."""
        for place, some in rows.items():
            camera, start_s = place
            part = given.get(place) or WatchedPart.whole(camera, start_s * NS_PER_S)
            if part.lease == NO_LEASE and camera not in self.leases:
                self.add_plain(place, some)
                continue
            why = part_fault(part) or holding_fault(part, self.leases.get(camera, ())) or _length_fault(part, some)
            if why is None:
                self.parts[place], self.rows[place] = part, some
            else:
                self.refused += [(one, why) for one in some.values()]

    def share(self) -> None:
        """Finds which minutes have several parts, or one that does not count, now that is known what is stored."""
        for place, part in self.parts.items():
            known = self.known[place]
            alone = known.parts.keys() <= {part.lease} and not known.apart
            if alone and place not in self.changed and is_added(part, self.leases.get(place[0], ())):
                self.add_plain(place, self.rows[place])
            else:
                self.shared.add(place)
        self.shared |= self.changed

    def add_plain(self, minute: CameraMinute, rows: Rows) -> None:
        """Adds a minute's rows to those that can be stored as they are."""
        self.plain.update({(minute[1], key_id): one for key_id, one in rows.items()})


@dataclass(slots=True)
class Shared:
    """What came of rows of minutes with several parts.

    Attributes:
        new, bettered: how many there were; see `Receipt`.
        aside: how many are not added that were not stored before, or were added.
        refused: rows that differ from one of the same part that is no worse covered, and the coverage of that.
    """

    new: int = 0
    bettered: int = 0
    aside: int = 0
    refused: list[tuple[Observation, float]] = field(default_factory=list)

    def take(self, at_hand: PartsAtHand, place: CameraMinute) -> list[int]:
        """Adds what the batch brings of a minute to what is known; returns the numbers of the parts that count."""
        known, part = at_hand.known[place], at_hand.parts.get(place)
        aside_before = known.count(known.aside)
        if part is not None:
            known.parts[part.lease] = part.plus(known.parts.get(part.lease, part))
            self._add(known.rows[part.lease], at_hand.rows[place])
        leases = at_hand.leases.get(place[0], ())
        added = [number for number in sorted(known.parts) if is_added(known.parts[number], leases)]
        self.aside += known.count(known.parts.keys() - set(added)) - aside_before
        return added

    def _add(self, known: Rows, rows: Rows) -> None:
        """Adds rows to those that are known of their part; of two of one series the better covered stays."""
        for key_id, one in rows.items():
            before = known.get(key_id)
            if before is not None and one.coverage <= before.coverage:
                if minute_row((0, key_id), one) != minute_row((0, key_id), before):
                    self.refused.append((one, before.coverage))
                continue
            self.new += before is None
            self.bettered += before is not None
            known[key_id] = one


def _by_minute(rows: Mapping[Place, Observation]) -> dict[CameraMinute, Rows]:
    """Returns rows minute by minute, with composed names, as those of what is stored."""
    found: dict[CameraMinute, Rows] = {}
    names: dict[str, str] = {}
    for (start_s, key_id), one in rows.items():
        for name in (one.camera, one.series):
            if name not in names:
                names[name] = in_nfc(name)
        camera, series = names[one.camera], names[one.series]
        named = one if camera == one.camera and series == one.series else replace(one, camera=camera, series=series)
        found.setdefault((camera, start_s), {})[key_id] = named
    return found


def _together(known: _Known, added: Sequence[int]) -> list[tuple[int, Observation]]:
    """Returns a minute's rows of those parts; a series of which nothing is added has a row of a time not watched."""
    any_part = {key_id: one for rows in known.rows.values() for key_id, one in rows.items()}
    found = []
    for key_id in sorted(any_part):
        # In the order of their numbers: sums of floating point depend on it.
        some = [known.rows[number][key_id] for number in added if key_id in known.rows[number]]
        one = some[0] if len(some) == 1 else regroup(some, int(Bin.MINUTE))[0] if some else None
        found.append((key_id, _not_watched(any_part[key_id]) if one is None else one))
    return found


def _not_watched(one: Observation) -> Observation:
    return replace(one, value=None, count=0, coverage=0.0, error=None, reliable=True, histogram=None, unexplained=0.0)


def _length_fault(part: WatchedPart, rows: Rows) -> str | None:
    if part.around(rows.values()) == part:
        return None
    longest = max(one.coverage for one in rows.values())
    return f"coverage: {longest:.3f} of the minute was watched, and the part is {part.share:.3f} of it"


def _part_row(place: CameraMinute, part: WatchedPart, *, added: bool, apart: bool) -> Row:
    camera, start_s = place
    return {
        "camera": camera, "start_s": start_s, "number": part.lease, "from_ms": part.from_ms, "to_ms": part.to_ms,
        "added": int(added), "apart": int(apart),
    }  # fmt: skip
