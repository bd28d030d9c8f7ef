"""Which of a camera's streams is watched: the smallest in which those who are followed are high enough.

It starts with the stream that the site file names first, the largest. How high road users are is measured by who
analyses the frames, as a share of the picture's height, and so holds in each stream that shows the same view.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

Size = tuple[int, int]
"""Width and height in pixels."""

FIRST: Final = 0
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """When another stream is watched.

    Attributes:
        enough_px: the small ones of those who are followed are so high at least in a stream that is watched,
        margin: and so many times that before a smaller stream is taken.
        every_s: a look counts once in so long.
        small: those are small of whom no more than this share of the looks show smaller ones.
        looks: so many are needed for another stream,
        kept_s: none older than this.
        wait_s: after a return to a larger stream because people are too small, none smaller is taken for so long,
        retry_s: a stream that could not be opened, or shows another view, is tried again no sooner,
        longest_s: and both are twice as long each time, up to this.
        again_s: from a smaller stream it goes back to the first after so long: whom a smaller one does not show is not
            measured in it either.
        aspect: the shapes of two streams that show the same view differ by no more than this share.
    """

    enough_px: float = 36.0
    margin: float = 1.15
    every_s: float = 5.0
    small: float = 0.1
    looks: int = 24
    kept_s: float = 1800.0
    wait_s: float = 1200.0
    retry_s: float = 1800.0
    longest_s: float = 86_400.0
    again_s: float = 14_400.0
    aspect: float = 0.025


class StreamChoice:
    """Chooses among one camera's streams, which have the numbers of their order in the site file, from 0.

    Times are seconds of a clock that is never set, and do not go back.

    Attributes:
        current: the stream that is watched.
        why_not: why one of them is not, as a part of a sentence; empty where there is nothing to say.
    """

    def __init__(self, count: int, settings: StreamSettings | None = None) -> None:
        """Knows no size and no height yet: the first stream is watched.

        Args:
            count: how many streams the camera has.
            settings: None for the defaults.
        """
        self.current, self.why_not = FIRST, ""
        self._count, self._settings = count, settings or StreamSettings()
        self._sizes: dict[int, Size] = {}
        self._retry_s: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._looks: deque[tuple[float, float]] = deque()
        self._wait_s, self._smaller_from_s = self._settings.wait_s, -math.inf
        self._again_s, self._tried = math.inf, False

    @property
    def size_px(self) -> Size | None:
        """The size of the stream that is watched; None before its first picture."""
        return self._sizes.get(self.current)

    @property
    def small_px(self) -> float | None:
        """How high the small ones of those who are followed are in it; None until enough looks have shown some."""
        size_px = self.size_px
        return None if size_px is None or len(self._looks) < self._settings.looks else self._small() * size_px[1]

    def fits(self, size_px: Size) -> bool:
        """Returns whether a picture has the shape of those of the first stream; True where that is not known."""
        first = self._sizes.get(FIRST)
        return first is None or abs(size_px[0] * first[1] / (size_px[1] * first[0]) - 1) <= self._settings.aspect

    def see(self, now_s: float, small: float) -> None:
        """Takes how high the small ones of those who are followed are in one look, as a share of its height, 0-1."""
        if self._looks and now_s - self._looks[-1][0] < self._settings.every_s:
            return
        self._looks.append((now_s, small))
        while self._looks[0][0] < now_s - self._settings.kept_s:
            self._looks.popleft()

    def arrive(self, now_s: float, size_px: Size) -> int:
        """Takes the size of the first picture of a connection; returns the stream to watch.

        A stream that has just been tried for the first time is held to what a smaller one has to show.
        """
        tried = self.current not in self._sizes and self.current != FIRST
        self._sizes[self.current] = size_px
        wanted = self._smallest(now_s, held=None) if tried else self.wanted(now_s)
        self._tried = tried and wanted != self.current
        return wanted

    def wanted(self, now_s: float) -> int:
        """Returns the stream to watch from now on."""
        size_px, settings = self.size_px, self._settings
        if self._count == 1 or size_px is None:
            return self.current
        if now_s >= self._again_s:
            return FIRST
        if len(self._looks) < settings.looks:
            return self.current
        small_px = self._small() * size_px[1]
        if small_px < settings.enough_px:
            return self._smallest(now_s, held=self.current)
        if small_px < settings.enough_px * settings.margin or now_s < self._smaller_from_s:
            return self.current
        untried = [one for one in self._usable(now_s) if one not in self._sizes]
        return untried[0] if untried else self._smallest(now_s, held=self.current)

    def switch(self, now_s: float, number: int) -> None:
        """Watches another stream from now on."""
        settings, before, after = self._settings, self.size_px, self._sizes.get(number)
        if now_s >= self._again_s:
            self._looks.clear()
        elif before is not None and after is not None and _area(after) > _area(before) and not self._tried:
            self._smaller_from_s = now_s + self._wait_s
            self._wait_s = min(2 * self._wait_s, settings.longest_s)
        self._tried = False
        if number == FIRST:
            self._again_s = math.inf
        elif self.current == FIRST:
            self._again_s = now_s + settings.again_s
        self.current = number

    def fail(self, now_s: float, why: str) -> None:
        """Takes that the stream that is watched cannot be, or may not; the first one is from now on."""
        failures = self._failures[self.current] = self._failures.get(self.current, 0) + 1
        pause_s = min(self._settings.retry_s * 2 ** min(failures - 1, 30), self._settings.longest_s)
        self._retry_s[self.current] = now_s + pause_s
        self.why_not = f"its {ORDINALS[self.current]} stream is not watched: {why}"
        self.current, self._again_s = FIRST, math.inf

    def _usable(self, now_s: float) -> list[int]:
        retry_s = self._retry_s
        return [one for one in range(self._count) if one == self.current or now_s >= retry_s.get(one, -math.inf)]

    def _small(self) -> float:
        """Returns how high the small ones are in the looks that are kept, as a share of the picture's height."""
        return sorted(small for _, small in self._looks)[int(len(self._looks) * self._settings.small)]

    def _smallest(self, now_s: float, held: int | None) -> int:
        """Returns the smallest known stream that shows the small ones high enough; the largest where none does.

        Args:
            now_s: the time.
            held: the stream that is watched as long as they are just high enough in it.
        """
        sizes = {one: self._sizes[one] for one in self._usable(now_s) if one in self._sizes}
        settings, small = self._settings, self._small()
        needed_px = {one: settings.enough_px * (1.0 if one == held else settings.margin) for one in sizes}
        enough = [one for one, size in sizes.items() if small * size[1] >= needed_px[one]]
        if enough:
            return min(enough, key=lambda one: (_area(sizes[one]), one))
        return max(sizes, key=lambda one: (_area(sizes[one]), -one))


def _area(size_px: Size) -> int:
    return size_px[0] * size_px[1]
