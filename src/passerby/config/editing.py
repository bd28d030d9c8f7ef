"""One key of a site file changed, with every other letter left as it is: comments, order, quotes and spacing."""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from passerby.config.document import composed, parse
from passerby.config.faults import Loc, dotted
from passerby.config.quoting import quoted

_PLAIN = re.compile(r"^[A-Za-z_](?:[\w ./-]*[\w./-])?$")
_NOT_PLAIN = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def edited(text: str, key: Loc, value: object) -> str:
    """The text with another value at a key; a key that is not there is added to the mapping that is.

    Only what differs is written: within lists of the same length and within mappings, everything that stays keeps its
    letters. What is written anew stands on one line.

    Args:
        text: the site file.
        key: the way to the value, such as `("cameras", "square", "lines", "gate", "points")`.
        value: text, number, bool, or lists and mappings of these.

    Raises:
        DocumentError: the text is not YAML.
        KeyError: the mapping around the key is not there.
        ValueError: the value, or this place of the file, cannot be written so; the key stands at an alias.
    """
    root = composed(text)
    node, rest = _reached(root, key)
    if not rest:
        changes = _changes(node, value, text)
    elif len(rest) == 1 and isinstance(node, MappingNode):
        changes = [_added(node, str(rest[0]), value, text)]
    else:
        raise KeyError(dotted(key))
    new = _replaced(text, changes)
    if _value_at(parse(new).value, key) != _plain(value):
        raise ValueError(f"{dotted(key)}: this place of the file cannot be changed on its own; edit it by hand")
    return new


def without(text: str, key: Loc) -> str:
    """The text without a key of a mapping, and without the comments inside of what it holds.

    Raises:
        DocumentError: the text is not YAML.
        KeyError: it is not there.
        ValueError: it is the only one; take the mapping itself away.
    """
    around, rest = _reached(composed(text), key[:-1])
    places = [place for place, (name, _) in enumerate(_entries(around)) if name.value == key[-1]]
    if rest or not places:
        raise KeyError(dotted(key))
    entries = _entries(around)
    if len(entries) == 1:
        raise ValueError(f"{dotted(key)}: it is the only one here; take {dotted(key[:-1])} away")
    name, value = entries[places[0]]
    start, end = name.start_mark.index, _end(value, text)
    if isinstance(around, MappingNode) and around.flow_style:
        if places[0]:
            start = _end(entries[places[0] - 1][1], text)
        else:
            end = entries[1][0].start_mark.index
    else:
        start = text.rfind("\n", 0, start) + 1 if not text[text.rfind("\n", 0, start) + 1 : start].strip() else start
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end + 1
    new = text[:start] + text[end:]
    parse(new)
    return new


def _entries(node: Node | None) -> list[tuple[Node, Node]]:
    return list(node.value) if isinstance(node, MappingNode) else []


def _reached(node: Node | None, key: Loc) -> tuple[Node, Loc]:
    """The node as far along the key as there is one, and the rest of the key."""
    if node is None:
        raise KeyError(dotted(key))
    start, end = node.start_mark.index, node.end_mark.index
    for place, part in enumerate(key):
        inner: Node | None = None
        if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            inner = node.value[part]
        else:
            inner = next((value for name, value in _entries(node) if name.value == part), None)
        if inner is None:
            return node, key[place:]
        if not start <= inner.start_mark.index <= end or inner.anchor:
            raise ValueError(f"{dotted(key[: place + 1])}: it is shared by an alias; edit it by hand")
        node, start, end = inner, inner.start_mark.index, inner.end_mark.index
    return node, ()


def _changes(node: Node, value: object, text: str) -> list[tuple[int, int, str]]:
    """The least that makes a node hold a value: letters from, to, and what comes in their place."""
    if isinstance(node, SequenceNode) and isinstance(value, (list, tuple)) and len(node.value) == len(value):
        pairs = zip(node.value, value, strict=True)
        return [change for inner, each in pairs for change in _changes(inner, each, text)]
    if isinstance(node, MappingNode) and isinstance(value, Mapping):
        known = {str(name.value): inner for name, inner in _entries(node)}
        if list(known) == [str(name) for name in value]:
            return [change for name, each in value.items() for change in _changes(known[str(name)], each, text)]
    if isinstance(node, ScalarNode) and _holds(node, value, text):
        return []
    if node.anchor:
        raise ValueError("it is shared by an alias; edit it by hand")
    start, end = node.start_mark.index, _end(node, text)
    written = _written(value)
    if start and text[start - 1] == ":":
        written = f" {written}"
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
        # What stood on lines of its own moves up to its key's line.
        colon = text.rfind(":", 0, start)
        if not text[colon + 1 : start].strip():
            return [(colon + 1, end, f" {written}")]
        return [(start, end, written)]
    return [(start, end, written)]


def _added(node: MappingNode, name: str, value: object, text: str) -> tuple[int, int, str]:
    """A new key after the last one of a mapping."""
    entry = f"{_written(name)}: {_written(value)}"
    if not node.value:
        return node.start_mark.index, _end(node, text), f"{{{entry}}}"
    last_name, last_value = node.value[-1]
    end = _end(last_value, text)
    if node.flow_style:
        return end, end, f", {entry}"
    line_end = text.find("\n", end)
    end = len(text) if line_end < 0 else line_end
    return end, end, f"\n{' ' * last_name.start_mark.column}{entry}"


def _end(node: Node, text: str) -> int:
    """Where a node's own letters end; a block's end mark lies behind comments that belong to what follows."""
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, text)
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _replaced(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    for start, end, put in sorted(changes, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def _holds(node: ScalarNode, value: object, text: str) -> bool:
    """The scalar stands for this value already, however it is written."""
    if isinstance(value, (Mapping, list, tuple)):
        return False
    held = parse(f"- {text[node.start_mark.index : _end(node, text)]}\n").value if node.style is None else (node.value,)
    return isinstance(held, tuple) and len(held) == 1 and type(held[0]) is type(value) and held[0] == value


def _written(value: object) -> str:
    """A value on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"a finite number is needed, got {value}")
        # Without an exponent, which YAML 1.2 reads as a number only with a point before it.
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if _PLAIN.match(value) and value.lower() not in _NOT_PLAIN:
            return value
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(str(name))}: {_written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_written, value)) + "]"
    raise ValueError(f"text, numbers, lists and mappings can be written, got {type(value).__name__}")


def _plain(value: object) -> object:
    """A value as the reader gives it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return tuple(map(_plain, value)) if isinstance(value, (list, tuple)) else value


def _value_at(value: object, key: Loc) -> object:
    for part in key:
        try:
            value = value[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return value
