"""Sums of a counter's days, a month at a time: kept, as a year has 35,000 bins and what is published never changes."""

import asyncio
import gzip
import json
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import Audience, BinStatus, PublishedBin, PublishedCounter, Way
from passerby.files import replacing
from passerby.ports.published import PublishedNumbers, PublishedQuery, Span

_READABLE: Final = 0o644
_MAX_KEPT: Final = 240
"""Months of counters in memory: each is some 4 KB packed."""

_SUMS: Final = ((False, False), (False, True), (True, True))
"""Which sums are made: by group and way, of both ways, and of all groups and both ways."""


@dataclass(frozen=True, slots=True)
class _Month:
    """A month's sums, packed: of when, and whether they are never to change."""

    content: bytes
    stamp: int
    final: bool


class DaySums:
    """Sums of days of public counters.

    Args:
        numbers: the port.
        folder: where those of closed months are kept.
    """

    def __init__(self, numbers: PublishedNumbers, folder: Path) -> None:
        self._numbers, self._folder, self._turn = numbers, folder, asyncio.Lock()
        self._kept: OrderedDict[str, _Month] = OrderedDict()

    async def month(
        self, counter: PublishedCounter, month: str, from_ns: int, to_ns: int, *, stamp: int, closed: bool
    ) -> tuple[PublishedBin, ...]:
        """Returns the sums of a month's days: by group and way, of both ways, of all groups and both ways.

        Args:
            counter: which counter.
            month: such as `2026-11`.
            from_ns, to_ns: UTC nanoseconds of the month.
            stamp: while it is the same, the month is not read again.
            closed: it is over, and nothing of it is waited for.
        """
        name = file_name(counter, month)
        async with self._turn:
            kept = self._kept.get(name)
            if kept is None or (kept.stamp != stamp and not kept.final):
                kept = await self._read(counter, name, from_ns, to_ns, stamp, closed=closed)
            self._kept[name] = kept
            self._kept.move_to_end(name)
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return await asyncio.to_thread(_unpacked, kept.content, counter.id)

    async def _read(
        self, counter: PublishedCounter, name: str, from_ns: int, to_ns: int, stamp: int, *, closed: bool
    ) -> _Month:
        path = self._folder / name
        if closed and await asyncio.to_thread(path.is_file):
            return _Month(await asyncio.to_thread(path.read_bytes), stamp, final=True)
        found: list[PublishedBin] = []
        for add_groups, add_ways in _SUMS:
            query = PublishedQuery(Audience.PUBLIC, from_ns, to_ns, (counter.id,), Span.DAY, add_groups, add_ways)
            found += await self._numbers.bins(query)
        content = await asyncio.to_thread(_packed, found)
        final = closed and all(one.status is not BinStatus.WAITING for one in found)
        if final:
            await asyncio.to_thread(self._write, path, content)
        return _Month(content, stamp, final)

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(path, mode=_READABLE) as stream:
            stream.write(content)

    async def delete_others(self, names: Collection[str]) -> None:
        """Deletes what is kept of counters and months whose files have none of these names.

        Raises:
            OSError: a file cannot be deleted.
        """
        for name in set(self._kept) - set(names):
            del self._kept[name]
        for name in await self.names() - set(names):
            (self._folder / name).unlink()

    async def names(self) -> set[str]:
        """Returns the names of the files that are kept."""
        return await asyncio.to_thread(lambda: {path.name for path in self._folder.glob("*.json.gz")})


def file_name(counter: PublishedCounter, month: str) -> str:
    """Returns the name under which the sums of a counter's month are kept."""
    return f"{counter.id}.{month}.json.gz"


def _packed(sums: Sequence[PublishedBin]) -> bytes:
    rows = [
        [
            one.group, one.way, one.from_ns, one.to_ns, one.value, one.status, one.coverage, one.low, one.high,
            one.threshold, one.series,
        ]
        for one in sums
    ]  # fmt: skip
    return gzip.compress(json.dumps(rows).encode(), mtime=0)


def _unpacked(content: bytes, counter: str) -> tuple[PublishedBin, ...]:
    rows: list[list[Any]] = json.loads(gzip.decompress(content))
    return tuple(
        PublishedBin(
            counter, None if group is None else ClassGroup(group), None if way is None else Way(way), from_ns, to_ns,
            value, BinStatus(status), *rest,
        )
        for group, way, from_ns, to_ns, value, status, *rest in rows
    )  # fmt: skip
