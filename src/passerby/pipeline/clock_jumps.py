"""Tells when the wall clock was set, while the machine's own clock ran on."""

from passerby.units import NS_PER_S

JUMP_S = 60.0
"""A smaller step lies within what open minutes and late crossings forgive."""


class ClockJumps:
    """Compares two clocks, again and again."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def update(self, wall_ns: int, steady_s: float) -> int:
        """How far the wall clock was set since the call before: nanoseconds, negative for back, 0 for not at all.

        Args:
            wall_ns: UTC nanoseconds.
            steady_s: seconds of a clock that nobody sets, in any count.
        """
        last, self._last = self._last, (wall_ns, steady_s)
        if last is None:
            return 0
        jump_ns = wall_ns - last[0] - round((steady_s - last[1]) * NS_PER_S)
        return jump_ns if abs(jump_ns) >= JUMP_S * NS_PER_S else 0
