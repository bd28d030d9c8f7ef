"""Single values of a site file changed in its text: comments, order and spelling of all else stay letter for letter."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from passerby.config.document import DocumentError, composed, parse
from passerby.config.loader import plain
from passerby.config.validation import Loc, dotted
from passerby.domain.errors import PasserbyError
from passerby.text import in_nfc, quoted

_STEP: Final = "  "
_PLAIN: Final = re.compile(r"[^\W\d](?:[\w -]*\w)?")
_WORDS: Final = ("true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf")
"""What YAML, in one version or another, reads as something else than text."""

_Change = tuple[int, int, str]
"""From where to where in the text, in letters, and what is put there."""


class TextEditError(PasserbyError):
    """A text that cannot be changed at one place without changing another."""


def edited(text: str, changes: Mapping[Loc, object]) -> str:
    """Returns the text with values changed.

    Args:
        text: a site file.
        changes: the way from the top to a key -> its new value: numbers, texts, lists, and mappings with text keys;
            None takes the key away. Mappings on the way that are missing are added.

    Raises:
        TextEditError: what stands there is shared with another place, by an alias.
        DraftError: a value is nested too deep.
        DocumentError: the text is not YAML.
    """
    before, root = parse(text), composed(text)
    wanted: object = before.value
    for loc, value in changes.items():
        wanted = _with(wanted, loc, plain(value, dotted(loc)))
    if not isinstance(root, MappingNode) or not isinstance(wanted, Mapping):
        raise TextEditError("the site file has no keys that could be changed")
    after = _replaced(text, sorted(_changes(root, before.value, wanted, text)))
    # An alias, an anchor or a form that is not foreseen shows here: nothing but what was asked for may have changed.
    if _read(after) != wanted:
        where = ", ".join(dotted(loc) for loc in list(changes)[:3])
        raise TextEditError(
            f"{where}: this cannot be changed here without changing other parts of the file, for it shares values with "
            "them or is written in a form that is not understood well enough. Edit the site file itself"
        )
    return after


def _with(value: object, loc: Loc, new: object) -> object:
    """The value with one key changed; None for a mapping that has become empty."""
    if not loc:
        return new
    keys = dict(value) if isinstance(value, Mapping) else {}
    inner = _with(keys.get(loc[0]), loc[1:], new)
    if inner is None:
        keys.pop(loc[0], None)
    else:
        keys[loc[0]] = inner
    return keys or None


def _read(text: str) -> object:
    try:
        return parse(text).value
    except DocumentError:
        return None


def _replaced(text: str, changes: list[_Change]) -> str:
    parts, reached = [], 0
    for start, end, put in changes:
        parts += [text[reached:start], put]
        reached = max(reached, end)
    return "".join([*parts, text[reached:]])


def _changes(node: MappingNode, old: object, new: Mapping[str, object], text: str) -> Iterator[_Change]:
    """What has to change in one mapping."""
    entries = {in_nfc(str(key.value)): (key, value) for key, value in node.value}
    before = old if isinstance(old, Mapping) else {}
    added = {key: value for key, value in new.items() if key not in entries}
    if node.flow_style and (added or any(key not in new for key in entries)):
        yield (node.start_mark.index, node.end_mark.index, _flow(new))
        return
    for key, (key_node, value_node) in entries.items():
        if key not in new:
            yield (_line_start(text, key_node.start_mark.index), _line_end(text, _end(value_node)), "")
        elif _differs(before.get(key), new[key]):
            yield from _value_changes(value_node, before.get(key), new[key], text)
    if added:
        yield _addition(node, added, text)


def _value_changes(node: Node, old: object, new: object, text: str) -> Iterator[_Change]:
    if isinstance(node, MappingNode) and isinstance(new, Mapping) and node.value:
        yield from _changes(node, old, new, text)
        return
    put = _flow(new)
    start = node.start_mark.index
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
        # A block begins on a line of its own, whose indent would stay.
        start = _colon_before(text, start)
        put = f" {put}"
    yield (start, _end(node), put)


def _addition(node: MappingNode, added: Mapping[str, object], text: str) -> _Change:
    """New entries behind the last one, written as their neighbours are."""
    key_node, last = node.value[-1]
    indent = " " * key_node.start_mark.column
    at = _line_end(text, _end(last))
    flow = isinstance(last, MappingNode) and bool(last.flow_style)
    lines = "".join(_block(key, value, indent, flow=flow) for key, value in added.items())
    return (at, at, lines if text[at - 1 : at] == "\n" else f"\n{lines}")


def _block(key: str, value: object, indent: str, *, flow: bool) -> str:
    if isinstance(value, Mapping) and value and not flow:
        inner = "".join(_block(str(name), each, indent + _STEP, flow=False) for name, each in value.items())
        return f"{indent}{_flow(key)}:\n{inner}"
    return f"{indent}{_flow(key)}: {_flow(value)}\n"


def _flow(value: object) -> str:
    """A value on one line; texts that could be read as anything else stand in quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else quoted(value)
    return "true" if value is True else "false" if value is False else repr(value)


def _differs(old: object, new: object) -> bool:
    return old != new or type(old) is not type(new)


def _end(node: Node) -> int:
    """Where a value ends: a block's own end mark lies behind the comments that follow it."""
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """The first letter of the next line; a value that ends with its line's break ends there."""
    if at and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _colon_before(text: str, at: int) -> int:
    return text.rfind(":", 0, at) + 1
