"""An audit entry as a leaf of the tree: salt and canonical JSON, and the entry back from it.

The salt makes the leaf's hash useless for guessing: once salt and text are erased, what it said cannot
be tried out.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from passerby.audit.canonical import canonical_json
from passerby.domain.audit import AuditEntry
from passerby.units import NS_PER_S

SALT_BYTES: Final = 16

TIME_LETTERS: Final = 30
"""Length of a time with its nanoseconds; every time has it, so that times sort as texts."""

MAX_TEXT_LETTERS: Final = 10_000
"""Of one text of an entry; an act is a sentence or a checkpoint, not a file."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("action", "actor", "case", "detail", "purpose", "subject")


def leaf_of(entry: AuditEntry, salt: bytes | None = None) -> bytes:
    """Returns the content of an entry's leaf.

    Args:
        entry: the act.
        salt: 16 random bytes; made here where none are given.

    Raises:
        ValueError: a text is too long or cannot be written.
    """
    texts = {name: str(getattr(entry, name)) for name in _TEXTS}
    for name, text in texts.items():
        if len(text) > MAX_TEXT_LETTERS:
            raise ValueError(f"audit entry {name}: at most {MAX_TEXT_LETTERS} letters, got {len(text)}")
    return (salt or secrets.token_bytes(SALT_BYTES)) + canonical_json({**texts, "time": leaf_time(entry.time_ns)})


def entry_of(content: bytes) -> AuditEntry:
    """Returns the entry that a leaf's content holds.

    Raises:
        ValueError: it is no leaf of ours.
    """
    try:
        found = json.loads(content[SALT_BYTES:])
        time_ns = time_of_leaf(found.pop("time"))
        if sorted(found) != list(_TEXTS) or not all(isinstance(text, str) for text in found.values()):
            raise ValueError
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise ValueError("a leaf of the audit log holds no entry that can be read") from None
    return AuditEntry(time_ns, **found)


def leaf_time(time_ns: int) -> str:
    """Returns a time as leaves hold it: RFC 3339 in UTC with nanoseconds, for RFC 8785 has no whole numbers so large.

    >>> leaf_time(1_500_000_001)
    '1970-01-01T00:00:01.500000001Z'
    """
    seconds, rest_ns = divmod(time_ns, NS_PER_S)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z"


def time_of_leaf(text: str) -> int:
    """Returns UTC nanoseconds from a leaf's time.

    Raises:
        ValueError: it is none.
    """
    seconds, _, rest = text.removesuffix("Z").partition(".")
    if len(text) != TIME_LETTERS or not (rest.isascii() and rest.isdigit()):
        raise ValueError(f"{text!a}: not a time of the audit log")
    start = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return (start - _EPOCH) // timedelta(seconds=1) * NS_PER_S + int(rest)
