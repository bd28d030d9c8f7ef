"""Isolates the current process step by step, and reports how far that went."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from passerby.domain.isolation import Isolation
from passerby.sandbox.file_system import close_file_system, marked_readable
from passerby.sandbox.limits import Limits, forbid_dumps, forbid_new_rights, limit
from passerby.sandbox.system_calls import filter_calls, forbid_new_code

INSIDE_MARK = "PASSERBY_BUBBLEWRAP"
"""Set in the environment of a process that was started under bubblewrap."""

FILTERED, HIGHEST = 2, 3
"""The first level at which system calls are filtered, and the last one there is."""


def isolate(limits: Limits | None = None, *, device: bool = False, readable: Sequence[Path] | None = None) -> Isolation:
    """Isolates this process as far as the system allows; a step that fails is reported, not raised.

    Call it when everything to be written is open, and before threads are started.

    Args:
        limits: what the process may use.
        device: it reads a USB camera, whose device file has to be opened for writing too.
        readable: what it may read besides Python and the system's libraries; None is what its environment names.
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
    named = marked_readable() if readable is None else readable
    # Under bubblewrap nothing else is there, so that all folders may be listed.
    listed = [Path("/")] if wrapped else []
    closed = holds("file system not closed", lambda: close_file_system(named, listed, device=device))
    filtered = holds("system calls not filtered", lambda: filter_calls(device=device))
    level = level_of(
        hardened=no_dumps and no_new_rights and limited,
        filtered=filtered and (closed or wrapped),
        wrapped=wrapped,
        device=device,
    )
    return Isolation(level, () if level == HIGHEST else tuple(missing))


def isolate_further(isolation: Isolation) -> Isolation:
    """Lets this process load no code any more; returns how far it is isolated then.

    Call it when everything is imported, and before anything of a camera's or a recording's is read.

    Args:
        isolation: what `isolate` returned.
    """
    if isolation.level < FILTERED:
        return isolation
    try:
        forbid_new_code()
    except OSError as fault:
        return Isolation(FILTERED - 1, (*isolation.missing, f"new code not forbidden: {fault}"))
    return isolation


def level_of(*, hardened: bool, filtered: bool, wrapped: bool, device: bool = False) -> int:
    """Returns the level of isolation: 0, nothing to rely on, to 3; see `Isolation`.

    Args:
        hardened: no core dumps, no new rights, and limits.
        filtered: system calls are filtered, and no file can be opened but those to be read.
        wrapped: the process runs under bubblewrap.
        device: a USB camera: a file may be mapped for writing, which bubblewrap alone makes harmless.
    """
    if not hardened:
        return 0
    if not filtered or (device and not wrapped):
        return 1
    return HIGHEST if wrapped else FILTERED
