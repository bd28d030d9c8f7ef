"""Groups of cameras, each watched by one worker: made from what the cameras take, so that a change moves few of them.

A camera that moves is not watched for some seconds, so it stays where it is as long as that is possible. New cameras
go where there is room, the costly ones first (first-fit decreasing, which needs at most 11/9 of the fewest groups;
Johnson, Near-Optimal Bin Packing Algorithms, 1973).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

SLACK: Final = 1.25
"""What a camera takes is measured, and varies by a tenth or two from day to night: nothing moves because of that."""


@dataclass(frozen=True, slots=True)
class CameraNeeds:
    """What one camera takes of a machine, and which machines can reach it.

    Attributes:
        camera: its name.
        cpu_ms_s: milliseconds of processor time a second.
        memory_mb: of all its processes.
        pool: the machines that reach its network; empty for any.
    """

    camera: str
    cpu_ms_s: float = 0.0
    memory_mb: float = 0.0
    pool: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredCost:
    """What one camera was measured to take, over many reports of its worker.

    Attributes:
        camera: its name.
        cpu_ms_s: milliseconds of processor time a second.
        memory_mb: of all its processes.
        reports: how many reports it is made of, one a minute.
    """

    camera: str
    cpu_ms_s: float
    memory_mb: float
    reports: int


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """How much a group may take; a camera that alone takes more has a group of its own.

    Attributes:
        cameras: how many there may be, from 1.
        cpu_ms_s: milliseconds of processor time a second.
        memory_mb: of all processes.
    """

    cameras: int
    cpu_ms_s: float = math.inf
    memory_mb: float = math.inf

    def load(self, needs: CameraNeeds) -> float:
        """Returns the largest share of a limit that a camera takes."""
        return max(1 / self.cameras, needs.cpu_ms_s / self.cpu_ms_s, needs.memory_mb / self.memory_mb)


@dataclass(frozen=True, slots=True)
class CameraGroup:
    """The cameras of one worker.

    Attributes:
        worker: the worker's name.
        cameras: in the order in which they were asked for.
        cpu_ms_s, memory_mb: what they take together.
        pool: the machines that reach them; empty for any.
    """

    worker: str
    cameras: tuple[str, ...]
    cpu_ms_s: float
    memory_mb: float
    pool: str = ""


def grouped(cameras: Sequence[CameraNeeds], before: Mapping[str, str], limits: GroupLimits) -> tuple[CameraGroup, ...]:
    """Returns the groups of all cameras, by the numbers of their workers.

    A camera leaves its group where its pool is not the group's any more, or where the group takes a quarter more than
    it may: then the costliest ones leave. Groups that have become small are not joined, as that would move cameras.

    >>> three = [CameraNeeds(name, 80.0) for name in ("bridge", "quay", "square")]
    >>> [(group.worker, group.cameras) for group in grouped(three, {"quay": "worker-1"}, GroupLimits(2))]
    [('worker-1', ('bridge', 'quay')), ('worker-2', ('square',))]

    Args:
        cameras: each with another name.
        before: camera -> worker, as they are grouped now.
        limits: of each group.
    """
    groups = _staying(cameras, before, limits)
    there = {needs.camera for group in groups.values() for needs in group.members}
    homeless = [needs for needs in cameras if needs.camera not in there]
    by_pool: dict[str, list[CameraNeeds]] = {}
    for needs in homeless:
        by_pool.setdefault(needs.pool, []).append(needs)
    for pool, some in by_pool.items():
        _place(some, pool, groups, limits)
    order = {needs.camera: place for place, needs in enumerate(cameras)}
    return tuple(group.done(order) for group in sorted(groups.values(), key=lambda group: _place_of(group.worker)))


@dataclass(slots=True)
class _Group:
    """A group that is being made."""

    worker: str
    pool: str
    members: list[CameraNeeds] = field(default_factory=list)
    cpu_ms_s: float = 0.0
    memory_mb: float = 0.0

    def add(self, needs: CameraNeeds) -> None:
        self.members.append(needs)
        self.cpu_ms_s += needs.cpu_ms_s
        self.memory_mb += needs.memory_mb

    def has_room(self, needs: CameraNeeds, limits: GroupLimits, slack: float = 1.0) -> bool:
        """An empty group has room for any camera."""
        return not self.members or (
            len(self.members) < limits.cameras
            and self.cpu_ms_s + needs.cpu_ms_s <= limits.cpu_ms_s * slack
            and self.memory_mb + needs.memory_mb <= limits.memory_mb * slack
        )

    def done(self, order: Mapping[str, int]) -> CameraGroup:
        # In this order, sums of floating point are the same however the group was made.
        members = sorted(self.members, key=lambda needs: order[needs.camera])
        cpu_ms_s, memory_mb = sum(one.cpu_ms_s for one in members), sum(one.memory_mb for one in members)
        return CameraGroup(self.worker, tuple(one.camera for one in members), cpu_ms_s, memory_mb, self.pool)


def _staying(cameras: Sequence[CameraNeeds], before: Mapping[str, str], limits: GroupLimits) -> dict[str, _Group]:
    """Returns the groups of before with the cameras that stay there."""
    members: dict[str, list[CameraNeeds]] = {}
    for needs in cameras:
        worker = before.get(needs.camera)
        if worker is not None:
            members.setdefault(worker, []).append(needs)
    groups = {}
    for worker, some in members.items():
        ((pool, _),) = Counter(needs.pool for needs in some).most_common(1)
        group = groups[worker] = _Group(worker, pool)
        # The cheap ones first, so that as few as can be leave; of equal ones the last that were asked for leave.
        for needs in sorted((one for one in some if one.pool == pool), key=limits.load):
            if group.has_room(needs, limits, SLACK):
                group.add(needs)
    return groups


def _place(some: Iterable[CameraNeeds], pool: str, groups: dict[str, _Group], limits: GroupLimits) -> None:
    """Adds cameras of one pool to groups with room, and to new ones."""
    waiting = sorted(some, key=limits.load, reverse=True)
    smallest = CameraNeeds("", min(one.cpu_ms_s for one in waiting), min(one.memory_mb for one in waiting))
    with_room = [group for group in groups.values() if group.pool == pool and group.has_room(smallest, limits)]
    with_room.sort(key=lambda group: _place_of(group.worker))
    number = 1
    for needs in waiting:
        chosen = next((group for group in with_room if group.has_room(needs, limits)), None)
        if chosen is None:
            while f"worker-{number}" in groups:
                number += 1
            chosen = groups[f"worker-{number}"] = _Group(f"worker-{number}", pool)
            with_room.append(chosen)
        chosen.add(needs)
        if not chosen.has_room(smallest, limits):
            with_room.remove(chosen)


def _place_of(worker: str) -> tuple[int, str]:
    """Returns the key by which workers are put in order: by the number in their names."""
    number = worker.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, worker)
