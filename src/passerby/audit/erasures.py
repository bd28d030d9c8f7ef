"""Erasing: which entries an erasing entry names, and whether every erased entry is named by one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from passerby.audit.leaves import SALT_BYTES, entry_of
from passerby.domain.audit import AuditEntry
from passerby.domain.audit_reports import Fault, Finding

ERASED: Final = "audit.erased"
"""The action of an entry that names erased ones in its subject: `passerby/audit/3f2a: 0-41, 57`."""

MARK: Final = b'{"action":"audit.erased"'
"""What the JSON of an erasing entry begins with: the action is its first key."""

_MAX_RANGES = 300
"""Stretches in one entry."""

_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)

Range = tuple[int, int]
"""First and last number of a stretch of entries."""


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Returns stretches in order, with no two that touch.

    >>> joined([(5, 9), (0, 3), (4, 4), (12, 12)])
    [(0, 9), (12, 12)]
    """
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def written(origin: str, ranges: Iterable[Range]) -> Iterator[str]:
    """Yields the subjects of the erasing entries that name stretches of a log.

    >>> list(written("log", [(0, 41), (57, 57)]))
    ['log: 0-41, 57']
    """
    whole = joined(ranges)
    for at in range(0, len(whole), _MAX_RANGES):
        some = (str(first) if first == last else f"{first}-{last}" for first, last in whole[at : at + _MAX_RANGES])
        yield f"{origin}: {', '.join(some)}"


def named_in(entry: AuditEntry) -> tuple[str, list[Range]]:
    """Returns the log of which an erasing entry names stretches, and these; none for any other entry."""
    origin, _, ranges = entry.subject.rpartition(": ")
    if entry.action != ERASED:
        return origin, []
    return origin, joined((int(found[1]), int(found[2] or found[1])) for found in _RANGE.finditer(ranges))


_OF_PEOPLE: Final = frozenset(
    {
        "account", "grant", "token", "password", "passkey", "identity", "recovery_code", "session", "log_in",
        "log_out", "event",
    }
)  # fmt: skip
"""First words of actions whose subject or detail names an account; elsewhere the same word may be a camera's name."""


def concerns(entry: AuditEntry, account: str) -> bool:
    """Returns whether an entry was made by an account or one of its tokens, or is about it."""
    if entry.actor == account or entry.actor.startswith(f"{account} by token "):
        return True
    if entry.action.partition(".")[0] not in _OF_PEOPLE:
        return False
    named = rf"(?<![\w.@+-]){re.escape(account)}(?![\w@+-]|\.\w)"
    return any(re.search(named, text) for text in (entry.subject, entry.detail))


def names_erased(content: bytes) -> bool:
    """Returns whether a leaf's content is that of an erasing entry; cheap, for all leaves of a log."""
    return content.startswith(MARK, SALT_BYTES)


class Erasures:
    """The erased entries of a log, and those that name them.

    Args:
        origin: the log.
        named: stretches that entries of later logs name.

    Attributes:
        erased: how many are erased.
    """

    def __init__(self, origin: str, named: Iterable[Range] = ()) -> None:
        self.erased = 0
        self._origin = origin
        self._gone: list[Range] = []
        self._named = list(named)

    def look_at(self, rows: Sequence[tuple[int, bytes | None]]) -> None:
        """Takes in rows in their order: number and content, None where it is erased."""
        contents = [content for _, content in rows if content is not None]
        # One search over all of them is ten times faster than one a row, and nearly always finds nothing.
        if len(contents) == len(rows) and MARK not in b"".join(contents):
            return
        for index, content in rows:
            if content is None:
                self.erased += 1
                if self._gone and self._gone[-1][1] == index - 1:
                    self._gone[-1] = (self._gone[-1][0], index)
                else:
                    self._gone.append((index, index))
            elif names_erased(content):
                # An entry names only what was there before it.
                self._named += [(first, min(last, index - 1)) for first, last in self._names(content) if first < index]

    def _names(self, content: bytes) -> list[Range]:
        try:
            origin, named = named_in(entry_of(content))
        except ValueError:
            return []  # the entry was changed, which its hash shows
        return named if origin == self._origin else []

    def unnamed(self) -> Iterator[Finding]:
        """Yields the stretches of erased entries that no entry names."""
        for first, last in _without(joined(self._gone), joined(self._named)):
            which = f"entry {first} was" if first == last else f"the entries {first} to {last} were"
            yield Finding(Fault.ERASED, first, last, f"{which} erased, and no later entry names that")


def _without(ranges: Sequence[Range], named: Sequence[Range]) -> Iterator[Range]:
    """What of the stretches is in none of the named ones; both in order."""
    for first, last in ranges:
        at = first
        for start, end in named:
            if end < at or start > last:
                continue
            if start > at:
                yield at, start - 1
            at = end + 1
        if at <= last:
            yield at, last
