"""The values of an event over its time, few enough to store however long it lasts."""

from passerby.domain.place_events import MAX_SAMPLES, Sample

FIRST_STEP_S = 1.0


class Samples:
    """Keeps at most `MAX_SAMPLES` values; when they are full, every second one is dropped and the step doubles."""

    def __init__(self, kept: tuple[Sample, ...] = ()) -> None:
        self._kept = list(kept)
        self._step_s = FIRST_STEP_S
        self._next_s: float | None = None

    def add(self, now_s: float, time_ns: int, value: float | None) -> None:
        """Adds a value when it is due.

        Args:
            now_s: seconds of the rules' clock.
            time_ns: UTC nanoseconds that it is filed under.
            value: in the rule's unit; None where it could not be measured.
        """
        if self._next_s is not None and now_s < self._next_s:
            return
        self._kept.append(Sample(time_ns, value))
        if len(self._kept) > MAX_SAMPLES:
            self._kept = self._kept[::2]
            self._step_s *= 2
        self._next_s = now_s + self._step_s

    def all(self) -> tuple[Sample, ...]:
        """Returns them, oldest first."""
        return tuple(self._kept)
