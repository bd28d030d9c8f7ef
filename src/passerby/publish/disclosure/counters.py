"""Which counters there are to be: one for each published line or zone as it is drawn; a changed one begins anew."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from passerby.domain.class_groups import ClassGroup, groups_of
from passerby.domain.intervals import Intervals
from passerby.domain.layout import Line, Zone
from passerby.domain.publish_plan import PublishedPlace
from passerby.domain.published import (
    GEOMETRY_GAP_S,
    PUBLISHED_GROUPS,
    Audience,
    PlaceKind,
    PublishedCounter,
    Way,
    rules_of,
)
from passerby.domain.service import CameraPlan, SitePlan
from passerby.units import MINUTE_S, NS_PER_S

NOTICED_S: Final = 2 * MINUTE_S
"""How long a changed site file may have run before it is noticed here: the bin that it began in is not published."""


@dataclass(frozen=True, slots=True)
class CounterChanges:
    """What is to be stored of counters.

    Attributes:
        begun: new ones.
        ended: those that end, with their end.
    """

    begun: tuple[PublishedCounter, ...] = ()
    ended: tuple[PublishedCounter, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended)


@dataclass(frozen=True, slots=True)
class _WantedCounter:
    place: PublishedPlace
    way_names: tuple[str, str]
    groups: tuple[ClassGroup, ...]
    geometry: str


def counter_changes(known: Iterable[PublishedCounter], plan: SitePlan, now_ns: int) -> CounterChanges:
    """Returns which counters begin and end with a plan.

    A counter ends where its line or zone was changed, renamed or taken out. Where one of a camera has ended, whatever
    begins there begins `GEOMETRY_GAP_S` later, so that no bin is published of two outlines.

    Args:
        known: all that are stored.
        plan: what runs.
        now_ns: UTC nanoseconds.
    """
    intervals = Intervals(plan.zone)
    wanted = {(one.place.camera, one.place.place): one for one in _wanted(plan)}
    going_on = {(one.camera, one.place): one for one in known if one.ended_ns is None}
    ended = tuple(
        replace(one, ended_ns=_bin_edge_ns(one, now_ns - NOTICED_S * NS_PER_S))
        for key, one in going_on.items()
        if key not in wanted or wanted[key].geometry != one.geometry
    )
    ends: dict[str, int] = {}
    for one in (*known, *ended):
        if one.ended_ns is not None:
            ends[one.camera] = max(ends.get(one.camera, 0), one.ended_ns)
    begun = tuple(
        _begun(one, intervals, now_ns, ends.get(one.place.camera))
        for key, one in wanted.items()
        if key not in going_on or going_on[key].geometry != one.geometry
    )
    return CounterChanges(begun, ended)


def geometry_of(camera: CameraPlan, place: PublishedPlace, drawn: Line | Zone) -> str:
    """Returns 16 hexadecimal digits for what a counter counts and where; another value is another counter."""
    outline = [[round(float(x), 5), round(float(y), 5)] for x, y in drawn.points.tolist()]
    areas = [[[round(float(x), 5), round(float(y), 5)] for x, y in mask.tolist()] for mask in camera.masks]
    margin = drawn.margin if isinstance(drawn, Zone) else 0.0
    users = sorted(int(user) for user in drawn.road_users)
    what = [place.kind.value, outline, margin, users, areas, place.sensitive, *_way_names(drawn)]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def _wanted(plan: SitePlan) -> Iterable[_WantedCounter]:
    for place in plan.publish.places if plan.publish is not None else ():
        camera = plan.camera(place.camera)
        drawn = None if camera is None else _drawn(camera, place)
        if camera is None or drawn is None:
            continue
        groups = tuple(group for group in groups_of(drawn.road_users) if group in PUBLISHED_GROUPS)
        if groups:
            yield _WantedCounter(place, _way_names(drawn), groups, geometry_of(camera, place, drawn))


def _drawn(camera: CameraPlan, place: PublishedPlace) -> Line | Zone | None:
    among: tuple[Line | Zone, ...] = camera.layout.lines if place.kind is PlaceKind.LINE else camera.layout.zones
    return next((one for one in among if one.name == place.place), None)


def _way_names(drawn: Line | Zone) -> tuple[str, str]:
    if isinstance(drawn, Line):
        return drawn.forward_name, drawn.backward_name
    return Way.ENTRIES.value, Way.EXITS.value


def _begun(one: _WantedCounter, intervals: Intervals, now_ns: int, ended_ns: int | None) -> PublishedCounter:
    place = one.place
    bin_s = rules_of(Audience.PUBLIC, sensitive=place.sensitive).bin_s
    from_ns = now_ns if ended_ns is None else max(now_ns, ended_ns + GEOMETRY_GAP_S * NS_PER_S)
    began_ns = intervals.around(bin_s, from_ns // NS_PER_S).end_s * NS_PER_S
    return PublishedCounter(
        f"{_slug(place.camera)}-{_slug(place.place)}-{secrets.token_hex(4)}",
        place.camera, place.place, place.kind, one.way_names, one.groups, place.sensitive, one.geometry, began_ns,
    )  # fmt: skip


def _bin_edge_ns(counter: PublishedCounter, time_ns: int) -> int:
    """The end of the last bin that was over then; its beginning, where none was."""
    bin_ns = counter.bin_s * NS_PER_S
    return counter.began_ns + max(time_ns - counter.began_ns, 0) // bin_ns * bin_ns


def _slug(name: str) -> str:
    """A name in letters that addresses and topics have; others are left out, as the digits differ anyway."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32] or "x"
