"""What each camera takes of the machine that watches it, as its worker measures it, and how much is to be kept for it.

A camera takes little at night and much in a rush hour, and no worker is to be placed anew for either. So what it takes
more is believed within minutes and what it takes less within a day, and less than a first guess is kept for a camera
only once it has been measured for a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from passerby.domain.camera_groups import MeasuredCost
from passerby.messages.cluster_messages import CameraCost

FIRST_GUESS: Final = CameraCost("", 300.0, 250.0)
"""For a camera that was not measured yet: the costliest of the runs in docs/explanation/asleep.md took 289 ms a second
and 181 MB awake, and its share of its worker's own memory comes to that."""
KNOWN_AFTER: Final = 10
"""So many reports, one a minute, until what a camera takes is taken to be known."""
A_DAY: Final = 1440
"""Reports of a day."""


@dataclass(slots=True)
class _Seen:
    """What is known of one camera: milliseconds a second, MB, and of how many reports."""

    cpu_ms_s: float
    memory_mb: float
    reports: int = 1

    def add(self, cost: CameraCost) -> None:
        self.reports += 1
        self.cpu_ms_s = _followed(self.cpu_ms_s, cost.cpu_ms_s, self.reports)
        self.memory_mb = _followed(self.memory_mb, cost.memory_mb, self.reports)


def _followed(before: float, now: float, reports: int) -> float:
    """Returns the mean of the first reports, and an exponential one after them, slower downwards than upwards."""
    if reports <= KNOWN_AFTER:
        return before + (now - before) / reports
    return before + (now - before) / (KNOWN_AFTER if now > before else A_DAY)


class KnownCosts:
    """What the cameras of a cluster take, since they were first measured: the store keeps it for the next hub."""

    def __init__(self) -> None:
        """Starts with nothing known."""
        self._seen: dict[str, _Seen] = {}

    def report(self, costs: Iterable[CameraCost]) -> None:
        """Takes in what cameras have taken in the last minute."""
        for cost in costs:
            seen = self._seen.get(cost.camera)
            if seen is None:
                self._seen[cost.camera] = _Seen(cost.cpu_ms_s, cost.memory_mb)
            else:
                seen.add(cost)

    def recall(self, costs: Iterable[MeasuredCost]) -> None:
        """Takes in what an earlier hub has kept, but of cameras of which this one knows more."""
        for cost in costs:
            seen = self._seen.get(cost.camera)
            if seen is None or seen.reports < cost.reports:
                self._seen[cost.camera] = _Seen(cost.cpu_ms_s, cost.memory_mb, cost.reports)

    def measured(self) -> tuple[MeasuredCost, ...]:
        """Returns all that is known, to be recalled by the next hub."""
        return tuple(
            MeasuredCost(camera, seen.cpu_ms_s, seen.memory_mb, seen.reports) for camera, seen in self._seen.items()
        )

    def keep_only(self, cameras: Iterable[str]) -> None:
        """Forgets all other cameras."""
        known = set(cameras)
        self._seen = {camera: seen for camera, seen in self._seen.items() if camera in known}

    def taken(self, camera: str) -> CameraCost | None:
        """Returns what a camera takes; None where that is not known yet."""
        seen = self._seen.get(camera)
        if seen is None or seen.reports < KNOWN_AFTER:
            return None
        return CameraCost(camera, seen.cpu_ms_s, seen.memory_mb)

    def kept(self, camera: str) -> CameraCost:
        """Returns how much is to be kept for a camera where its worker is placed now."""
        taken = self.taken(camera)
        if taken is None:
            return CameraCost(camera, FIRST_GUESS.cpu_ms_s, FIRST_GUESS.memory_mb)
        if self._seen[camera].reports >= A_DAY:
            return taken
        cpu_ms_s, memory_mb = FIRST_GUESS.cpu_ms_s, FIRST_GUESS.memory_mb
        return CameraCost(camera, max(taken.cpu_ms_s, cpu_ms_s), max(taken.memory_mb, memory_mb))
