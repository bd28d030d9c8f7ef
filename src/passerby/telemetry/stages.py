"""Where a worker's CPU time goes, by stage."""

import time
from collections.abc import Callable


class StageTimes:
    """Sums CPU seconds by stage; starting a stage ends the one before, so that nothing is counted twice.

    Attributes:
        cpu_s: stage -> CPU seconds of this process so far.
    """

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.cpu_s: dict[str, float] = {}
        self._clock = clock
        self._stage = "other"
        self._since_s = clock()

    def start(self, stage: str) -> None:
        """From now on the time is this stage's."""
        now_s = self._clock()
        self.cpu_s[self._stage] = self.cpu_s.get(self._stage, 0.0) + now_s - self._since_s
        self._stage, self._since_s = stage, now_s
