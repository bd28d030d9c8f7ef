"""Values as YAML, the way that the documentation writes site files."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from passerby.text import quoted

_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w -]*\w)?")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Read as something else than text by some YAML or other."""

_LETTERS: Final = 100
"""Longer lines than this are broken into a block."""

STEP: Final = 2
"""Letters by which a block is indented."""


def flow_text(value: object) -> str:
    """Returns a value on one line.

    >>> flow_text({"points": ((0.5, 0.25), (1, 0.0)), "forward": "to the north", "backward": "no"})
    '{points: [[0.5, 0.25], [1, 0.0]], forward: to the north, backward: "no"}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow_text(str(key))}: {flow_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(flow_text(each) for each in value) + "]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS else quoted(value)
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value)


def block_lines(value: Mapping[str, object] | tuple[object, ...], column: int) -> list[str]:
    """Returns the lines of a mapping or a list; what fits on a line of its own is written as a flow.

    Args:
        value: not empty.
        column: how far it is indented.
    """
    if isinstance(value, Mapping):
        return [line for key, each in value.items() for line in _entry(flow_text(str(key)) + ":", each, column)]
    return [line for each in value for line in _item(each, column)]


def _entry(key: str, value: object, column: int) -> list[str]:
    begin = " " * column + key
    if not _is_block(value, len(begin)):
        return [f"{begin} {flow_text(value)}"]
    assert isinstance(value, (Mapping, tuple))  # noqa: S101 - nothing else is a block
    return [begin, *block_lines(value, column + STEP)]


def _item(value: object, column: int) -> list[str]:
    begin = " " * column + "- "
    if not isinstance(value, Mapping) or len(begin) + len(flow_text(value)) <= _LETTERS:
        return [begin + flow_text(value)]
    lines = block_lines(value, column + STEP)
    return [begin + lines[0].lstrip(), *lines[1:]]


def _is_block(value: object, begin: int) -> bool:
    """Mappings of mappings, lists of mappings or of outlines, and mappings that are too long for a line."""
    if not isinstance(value, (Mapping, tuple)) or not value:
        return False
    if isinstance(value, Mapping):
        nested = any(isinstance(each, Mapping) for each in value.values())
        return nested or begin + 1 + len(flow_text(value)) > _LETTERS or any(_is_list(each) for each in value.values())
    return _is_list(value)


def _is_list(value: object) -> bool:
    """A list whose items stand on lines of their own: of mappings, or of outlines."""
    if not isinstance(value, tuple) or not value:
        return False
    first = value[0]
    outline = isinstance(first, tuple) and bool(first) and isinstance(first[0], tuple)
    return isinstance(first, Mapping) or outline
