"""Storing of one-minute observations: each is checked; new and better ones are stored, the others reported."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.leases import WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, Receipt, Refusal
from passerby.store.databases.backend import Backend, Row
from passerby.store.observations.hand_overs.begun import CameraMinute
from passerby.store.observations.hand_overs.leases import Leases
from passerby.store.observations.hand_overs.parts import MEASURED, MinuteParts, Place, minute_row
from passerby.store.observations.hand_overs.tables import minute_parts
from passerby.store.observations.series import SeriesKey, SeriesNumbers, key_of
from passerby.store.schema import minutes, roll_up_due
from passerby.text import in_nfc, is_storable
from passerby.units import NS_PER_S

_ROWS_AT_ONCE = 5000
_LAST_SECOND = 2**63 // NS_PER_S

_Keyed = tuple[SeriesKey, Observation]
_Content = tuple[float | None, float | None, int, float, bool, float]


@dataclass(slots=True)
class _Counts:
    new: int = 0
    improved: int = 0


class ObservationWriter:
    """Stores observations.

    Args:
        backend: the database.
        leases: of cameras.
    """

    def __init__(self, backend: Backend, leases: Leases) -> None:
        self._backend = backend
        self._numbers = SeriesNumbers(backend)
        self._parts = MinuteParts(backend, leases)
        self.horizon_s = -(2**62)
        """Minutes before it have been deleted; a late one would spoil the roll-ups that were made from them."""

    async def store(self, observations: Sequence[Observation], parts: Sequence[WatchedPart] = ()) -> Receipt:
        """Stores a batch in one transaction; see `Store.store_observations`."""
        refused: list[Refusal] = []
        sound = self._sound(observations, refused)
        await self._numbers.learn(key for key, _ in sound)
        best = self._best(sound, refused)
        starts = {start_s for start_s, _ in best}
        for table in (minutes, minute_parts):
            await self._backend.make_room(table, starts)
        counts = _Counts()
        async with self._backend.writing() as connection:
            at_hand = await self._parts.sort(connection, best, parts)
            refused += (Refusal(one, why) for one, why in at_hand.refused)
            written: list[Observation] = []
            for some in _batches(sorted(at_hand.plain.items())):
                written += await self._store_batch(connection, some, counts, refused)
            await self._parts.store_plain(connection, at_hand)
            shared = await self._parts.store_shared(connection, at_hand)
            refused += (_refusal(one, coverage) for one, coverage in shared.refused)
            await self._mark_due(connection, written, at_hand.shared)
        new, bettered = counts.new + shared.new, counts.improved + shared.bettered
        repeated = len(observations) - new - bettered - len(refused)
        return Receipt(new, bettered, repeated, tuple(refused), shared.aside)

    def _sound(self, observations: Sequence[Observation], refused: list[Refusal]) -> list[_Keyed]:
        """Returns the observations that can be stored, and adds the others to those that are refused."""
        sound: list[_Keyed] = []
        for one in observations:
            key = key_of(one)
            why = self._fault(one, key)
            if why is None:
                sound.append((key, one))
            else:
                refused.append(Refusal(one, why))
        return sound

    def _best(self, sound: Sequence[_Keyed], refused: list[Refusal]) -> dict[Place, Observation]:
        """Returns the best covered observation of each interval; two of one interval cannot go into one statement."""
        best: dict[Place, Observation] = {}
        for key, one in sound:
            place = (one.start_ns // NS_PER_S, self._numbers.number(key))
            other = best.setdefault(place, one)
            if other is one:
                continue
            worse, better = (other, one) if one.coverage > other.coverage else (one, other)
            best[place] = better
            if worse != better:
                refused.append(_refusal(worse, better.coverage))
        return best

    async def _store_batch(
        self,
        connection: AsyncConnection,
        some: Sequence[tuple[Place, Observation]],
        counts: _Counts,
        refused: list[Refusal],
    ) -> list[Observation]:
        there = await self._stored(connection, [place for place, _ in some])
        written: list[Observation] = []
        rows: list[Row] = []
        for place, one in some:
            before = there.get(place)
            if before is not None and before == _content(one):
                continue
            if before is not None and one.coverage <= before[3]:
                refused.append(_refusal(one, before[3]))
                continue
            counts.new += before is None
            counts.improved += before is not None
            written.append(one)
            rows.append(minute_row(place, one))
        await self._backend.put(connection, minutes, rows, update=MEASURED, if_greater="coverage")
        return written

    async def _stored(self, connection: AsyncConnection, places: Sequence[Place]) -> dict[Place, _Content]:
        wanted = self._backend.pairs(places, ("wanted_start_s", "wanted_key_id"))
        found = sa.select(minutes).join(
            wanted, sa.and_(minutes.c.start_s == wanted.c.wanted_start_s, minutes.c.key_id == wanted.c.wanted_key_id)
        )
        return {
            (row.start_s, row.key_id): (
                row.value, row.error, row._mapping["count"], row.coverage, bool(row.reliable), row.unexplained,
            )
            for row in await connection.execute(found)
        }  # fmt: skip

    async def _mark_due(
        self, connection: AsyncConnection, written: Sequence[Observation], made_anew: Collection[CameraMinute]
    ) -> None:
        quarters = {(one.start_ns // NS_PER_S // Bin.QUARTER * Bin.QUARTER, in_nfc(one.camera)) for one in written}
        quarters |= {(start_s // Bin.QUARTER * Bin.QUARTER, camera) for camera, start_s in made_anew}
        # Sorted, so that two writers wait for each other in one order only.
        rows: list[Row] = [
            {"length_s": int(Bin.QUARTER), "start_s": start_s, "camera": camera} for start_s, camera in sorted(quarters)
        ]
        await self._backend.put(connection, roll_up_due, rows)

    def _fault(self, one: Observation, key: SeriesKey) -> str | None:
        """Returns why an observation cannot be stored, or None; a bad row must not hold the good ones up for ever."""
        if one.length_s != Bin.MINUTE:
            return f"length_s: only intervals of {int(Bin.MINUTE)} s are stored, got {one.length_s}"
        if one.start_ns % (Bin.MINUTE * NS_PER_S) or not 0 <= one.start_ns // NS_PER_S < _LAST_SECOND:
            return f"start_ns: must be a whole minute since 1970, got {one.start_ns}"
        if one.start_ns // NS_PER_S < self.horizon_s:
            return f"start_ns: {one.start_ns} is older than minutes are kept for; they have been deleted"
        if not (_finite(one.value) and _finite(one.error) and math.isfinite(one.coverage)):
            return "value, error and coverage must be finite numbers"
        if not 0 <= one.coverage <= 1 or (one.coverage == 0 and one.value is not None):
            return f"coverage: 0 to 1, and no value at 0, got {one.coverage} with the value {one.value}"
        if not 0 <= one.unexplained <= 1:
            return f"unexplained: 0 to 1, got {one.unexplained}"
        if not 0 <= one.count < 2**63:
            return f"count: must not be negative, got {one.count}"
        # A series that has a number has been through this; checking each letter of each row is a quarter of the cost.
        if key not in self._numbers and not is_storable(key.camera + key.series + key.direction):
            return "camera, series, direction: a name holds a character that is none"
        return None


def _finite(number: float | None) -> bool:
    return number is None or math.isfinite(number)


def _content(one: Observation) -> _Content:
    return (one.value, one.error, one.count, one.coverage, one.reliable, one.unexplained)


def _refusal(one: Observation, coverage: float) -> Refusal:
    return Refusal(
        one,
        f"coverage: another row of this interval is stored, watched for {coverage:.3f} of it; "
        f"this one, watched for {one.coverage:.3f}, differs and is not better",
    )


def _batches(rows: Sequence[tuple[Place, Observation]]) -> Iterator[Sequence[tuple[Place, Observation]]]:
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[first : first + _ROWS_AT_ONCE]
