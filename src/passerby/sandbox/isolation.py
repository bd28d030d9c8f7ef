"""Isolates the current process step by step, and reports how far that went."""

import os
from collections.abc import Callable

from passerby.domain.isolation import Isolation
from passerby.sandbox.limits import Limits, forbid_dumps, forbid_new_rights, limit
from passerby.sandbox.system_calls import filter_calls

INSIDE_MARK = "PASSERBY_BUBBLEWRAP"
"""Set in the environment of a process that was started under bubblewrap."""


def isolate(limits: Limits | None = None, *, device: bool = False) -> Isolation:
    """Isolates this process as far as the system allows; a step that fails is reported, not raised.

    Call it when everything to be written is open, and before threads are started.

    Args:
        limits: what the process may use.
        device: it reads a USB camera, whose device file has to be opened for writing too.
    """
    chosen = limits or Limits()
    wrapped = os.environ.get(INSIDE_MARK) == "1"
    missing: list[str] = []
    if not wrapped:
        missing.append("not under bubblewrap")

    def holds(what: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except (OSError, ValueError) as fault:
            missing.append(f"{what}: {fault}")
            return False
        return True

    no_dumps = holds("core dumps not forbidden", forbid_dumps)
    no_new_rights = holds("new rights not forbidden", forbid_new_rights)
    limited = holds("not limited", lambda: limit(chosen))
    filtered = holds("system calls not filtered", lambda: filter_calls(device=device))
    hardened = no_dumps and no_new_rights and limited
    return Isolation(level_of(hardened=hardened, filtered=filtered, wrapped=wrapped, device=device), tuple(missing))


def level_of(*, hardened: bool, filtered: bool, wrapped: bool, device: bool = False) -> int:
    """Returns the level of isolation: 0, nothing to rely on, to 3; see `Isolation`.

    Args:
        hardened: no core dumps, no new rights, and limits.
        filtered: system calls are filtered.
        wrapped: the process runs under bubblewrap.
        device: files that exist may be opened for writing, which bubblewrap alone makes harmless.
    """
    if not hardened:
        return 0
    if not filtered or (device and not wrapped):
        return 1
    return 3 if wrapped else 2
