"""All cameras at a glance as JSON, a column each: what a camera puts into the columns is written once for everybody."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from passerby.domain.event_rules import Severity
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan, SitePlan
from passerby.web.live.overview import CAMERAS_AT_ONCE, CameraNow, Overview
from passerby.web.rows import road_user_word
from passerby.web.times import iso_or_none

MAX_KEPT: Final = 8
"""Texts that are kept of each kind: people of one role see the same."""

_NULL: Final = "null"
_FALSE_TRUE: Final = ("false", "true")
_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class OverviewView:
    """Which cameras one principal may see, and what of them.

    Attributes:
        site: the site file as it runs.
        names: the cameras, in the site file's order.
        counted: those of which the counts may be seen.
        watched: those of which the events may be seen.
    """

    site: SitePlan
    names: tuple[str, ...]
    counted: frozenset[str]
    watched: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Texts:
    """What one camera puts into the columns, as JSON."""

    name: str
    state: str
    why: str
    since: str
    crossings: dict[RoadUser, str]
    coverage: str
    reliable: str
    events: dict[Severity, str]


class OverviewTexts:
    """Writes what an overview has seen; nothing is looked at here.

    Args:
        overview: looks at the cameras.
    """

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._texts: dict[str, tuple[CameraNow, _Texts]] = {}
        self._fixed: OrderedDict[OverviewView, tuple[str, str]] = OrderedDict()
        self._columns: OrderedDict[tuple[int, OverviewView, tuple[str, ...]], str] = OrderedDict()

    def answer(self, view: OverviewView, time: str) -> bytes:
        """Returns all cameras that may be seen, with what changes only with the site file.

        Args:
            view: what may be seen.
            time: when it was so.
        """
        groups, fixed = _kept(self._fixed, view, lambda: _fixed(view))
        return f'{{"time":{_json(time)},"groups":{groups},"cameras":{{{self._of(view, view.names)},{fixed}}}}}'.encode()

    async def prepare(self, view: OverviewView) -> None:
        """Writes what each camera puts into the columns, some at a time, between which others are answered."""
        zone, cameras, each = ZoneInfo(view.site.time_zone), self._overview.cameras, iter(view.names)
        while some := tuple(islice(each, CAMERAS_AT_ONCE)):
            for name in some:
                self._text(name, cameras[name], zone)
            await asyncio.sleep(0)

    def event(self, view: OverviewView, names: tuple[str, ...], time: str) -> bytes:
        """Returns some of the cameras as a server-sent event `cameras`."""
        data = f'{{"time":{_json(time)},"cameras":{{{self._of(view, names)}}}}}'
        return f"event: cameras\ndata: {data}\n\n".encode()

    def _of(self, view: OverviewView, names: tuple[str, ...]) -> str:
        key = (self._overview.changes, view, names)
        return _kept(self._columns, key, lambda: self._written(view, names))

    def _written(self, view: OverviewView, names: tuple[str, ...]) -> str:
        zone, cameras = ZoneInfo(view.site.time_zone), self._overview.cameras
        rows = [self._text(name, cameras[name], zone) for name in names]
        counted = [row if name in view.counted else None for name, row in zip(names, rows, strict=True)]
        watched = [row if name in view.watched else None for name, row in zip(names, rows, strict=True)]
        users = sorted({user for row in rows for user in row.crossings})
        crossings = (
            (road_user_word(user), [_NULL if row is None else row.crossings.get(user, _NULL) for row in counted])
            for user in users
        )
        events = ((each, [_NULL if row is None else row.events[each] for row in watched]) for each in Severity)
        return ",".join(
            (
                _column("name", [row.name for row in rows]),
                _column("state", [row.state for row in rows]),
                _column("why", [row.why for row in rows]),
                _column("since", [row.since for row in rows]),
                f'"crossings":{{{",".join(_column(str(word), texts) for word, texts in crossings)}}}',
                _column("coverage", [_NULL if row is None else row.coverage for row in counted]),
                _column("reliable", [row.reliable for row in rows]),
                f'"events":{{{",".join(_column(each.value, texts) for each, texts in events)}}}',
            )
        )

    def _text(self, name: str, now: CameraNow, zone: ZoneInfo) -> _Texts:
        known = self._texts.get(name)
        if known is None or known[0] is not now:
            known = self._texts[name] = (now, _texts(name, now, zone))
        return known[1]


def _texts(name: str, now: CameraNow, zone: ZoneInfo) -> _Texts:
    glance, crossings = now.glance, now.crossings
    return _Texts(
        _json(name),
        _NULL if glance.state is None else _json(glance.state.value),
        _json(glance.why),
        _json(iso_or_none(glance.since_ns, zone)),
        {user: str(count) for user, count in crossings.counts.items()},
        _json(crossings.coverage),
        _FALSE_TRUE[crossings.reliable],
        {severity: str(glance.events.get(severity, 0)) for severity in Severity},
    )


def _column(key: str, texts: Iterable[str]) -> str:
    return f'"{key}":[{",".join(texts)}]'


def _fixed(view: OverviewView) -> tuple[str, str]:
    """Returns the names of the groups of cameras, and the columns that change only with the site file."""
    seen = frozenset(view.names)
    plans = [plan for plan in view.site.cameras if plan.name in seen]
    groups = sorted({group for plan in plans for group in plan.groups})
    places = {group: str(place) for place, group in enumerate(groups)}
    columns = (
        _column("title", [_json(_title(plan)) for plan in plans]),
        _column("group", [f"[{','.join(places[group] for group in plan.groups)}]" for plan in plans]),
        _column("position", [_json(_position(plan)) for plan in plans]),
    )
    return _json(groups), ",".join(columns)


def _title(plan: CameraPlan) -> dict[str, str]:
    record = plan.registration.record
    return {} if record is None else dict(record.title.texts)


def _position(plan: CameraPlan) -> Sequence[float] | None:
    record = plan.registration.record
    return None if record is None else list(record.place.position)


def _kept(kept: OrderedDict[_Key, _Kept], key: _Key, made: Callable[[], _Kept]) -> _Kept:
    """Returns what is kept under a key, made where nothing is; what was wanted longest ago goes."""
    found = kept.get(key)
    if found is None:
        found = kept[key] = made()
        if len(kept) > MAX_KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return found
