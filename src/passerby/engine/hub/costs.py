"""Measures how much processor time and memory each camera of a worker uses."""

import resource
import time
from collections.abc import Callable, Mapping

from passerby.engine.plausible.sizes import Usage
from passerby.messages.cluster_messages import CameraCost, CameraCosts

BYTES_PER_MB = 1_000_000


class CostMeter:
    """Measures from one call to the next."""

    def __init__(self, timer: Callable[[], float] = time.monotonic, own: Callable[[], Usage] | None = None) -> None:
        """Takes a clock that is never set, and what returns the worker's own usage without its cameras'."""
        self._timer, self._own = timer, own or own_usage
        self._before: dict[str, Usage] = {}
        self._own_before, self._at_s = self._own(), timer()

    def measured(self, cameras: Mapping[str, Usage]) -> CameraCosts:
        """Returns what each camera has taken since the last call, with its share of what the worker itself has.

        One whose processes were started in between is left out, as what they took before is not known.

        Args:
            cameras: what the processes of each take now.
        """
        now_s, own = self._timer(), self._own()
        passed_s = max(now_s - self._at_s, 1e-3)
        share = 1 / max(len(cameras), 1)
        own_ms_s = 1000 * (own.cpu_s - self._own_before.cpu_s) / passed_s * share
        costs = []
        for camera, usage in cameras.items():
            before = self._before.get(camera)
            if before is not None and usage.cpu_s >= before.cpu_s:
                cpu_ms_s = 1000 * (usage.cpu_s - before.cpu_s) / passed_s + own_ms_s
                memory_mb = (usage.memory_bytes + own.memory_bytes * share) / BYTES_PER_MB
                costs.append(CameraCost(camera, cpu_ms_s, memory_mb))
        self._before, self._own_before, self._at_s = dict(cameras), own, now_s
        return CameraCosts(tuple(costs))


def own_usage() -> Usage:
    """Returns what this process itself takes; of its memory the most that it ever held."""
    return Usage(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
