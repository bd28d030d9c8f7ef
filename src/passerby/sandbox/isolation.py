"""How far a worker is locked in: taken step by step, and told."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from passerby.sandbox.limits import Limits, forbid_dumps, forbid_new_rights, limit
from passerby.sandbox.system_calls import filter_calls

INSIDE_MARK = "PASSERBY_BUBBLEWRAP"
"""Set in a worker's environment by whoever started it under bubblewrap."""


@dataclass(frozen=True, slots=True)
class IsolationLevel:
    """What holds in this process.

    Attributes:
        no_dumps: no core dump, and no other process of the user may read its memory.
        no_new_rights: it can gain none.
        limited: files, memory, open files and processes are limited.
        filtered: system calls that make files, start programs or open ways out are refused.
        wrapped: it runs under bubblewrap, in a file system of its own.
        device: files that exist may be opened for writing, which bubblewrap alone makes harmless.
        missing: why something does not hold, a sentence each.
    """

    no_dumps: bool = False
    no_new_rights: bool = False
    limited: bool = False
    filtered: bool = False
    wrapped: bool = False
    device: bool = False
    missing: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        """0: nothing to rely on; 1: no dumps and limits; 2: system calls filtered as well; 3: under bubblewrap too."""
        if not (self.no_dumps and self.no_new_rights and self.limited):
            return 0
        if not self.filtered or (self.device and not self.wrapped):
            return 1
        return 3 if self.wrapped else 2

    def __str__(self) -> str:
        words = f"isolation level {self.level} of 3"
        return words + (f" ({'; '.join(self.missing)})" if self.missing else "")


def isolate(limits: Limits | None = None, *, device: bool = False) -> IsolationLevel:
    """Locks this process in as far as the system allows; a step that fails is reported, not raised.

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

    return IsolationLevel(
        no_dumps=holds("core dumps not forbidden", forbid_dumps),
        no_new_rights=holds("new rights not forbidden", forbid_new_rights),
        limited=holds("not limited", lambda: limit(chosen)),
        filtered=holds("system calls not filtered", lambda: filter_calls(device=device)),
        wrapped=wrapped,
        device=device,
        missing=tuple(missing),
    )
