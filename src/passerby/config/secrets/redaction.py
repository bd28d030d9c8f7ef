"""A site file's text with its secrets taken out, and put back; everything else stays letter for letter."""

from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from passerby.config.addresses import address_of
from passerby.config.document import DocumentError, composed, max_values
from passerby.config.service_keys import PLACEHOLDER
from passerby.config.validation import Loc
from passerby.domain.sources import SourceKind
from passerby.text import quoted

SECRET_KEYS = ("password", "url")
_NETWORKED = (SourceKind.RTSP, SourceKind.RTSPS, SourceKind.HTTP, SourceKind.HTTPS)
_MARKED = f'"{PLACEHOLDER}"'
"""In quotes, since a plain `*` would begin an alias."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """One secret in a text: the letters from `start` to `end`, and what its use is bound to."""

    start: int
    end: int
    value: str
    anchor: str
    bound_to: tuple[object, ...]


def redacted(text: str) -> str:
    """Returns the text with every value of a `password` or `url` replaced by the placeholder.

    Comments are shown as they are.

    Raises:
        DocumentError: the text is not YAML.
    """
    return _replaced(text, {secret.start: (secret.end, secret.anchor + _MARKED) for _, secret in _secrets(text)})


def unredacted(new_text: str, old_text: str) -> str:
    """Returns the new text with the old secrets wherever the placeholder is at the same key.

    A camera's password is put back only where address, user, authority and what may be sent in clear are the old ones:
    who may edit the file
    could otherwise have the password sent to a machine of their own.

    Raises:
        DocumentError: one of the texts is not YAML.
    """
    if new_text == redacted(old_text):
        return old_text
    old = dict(_secrets(old_text))
    changes = {}
    for loc, secret in _secrets(new_text):
        before = old.get(loc)
        # With an anchor, an alias elsewhere could show the secret, or give it to another camera.
        if secret.value != PLACEHOLDER or secret.anchor or before is None or before.bound_to != secret.bound_to:
            continue
        changes[secret.start] = (secret.end, quoted(before.value))
    return _replaced(new_text, changes)


def _replaced(text: str, changes: dict[int, tuple[int, str]]) -> str:
    parts, reached = [], 0
    for start, (end, put) in sorted(changes.items()):
        if start < reached:  # within one that is replaced already
            continue
        parts += [text[reached:start], put]
        reached = end
    return "".join([*parts, text[reached:]])


def _secrets(text: str) -> Iterator[tuple[Loc, _Secret]]:
    root = composed(text)
    if root is None:
        return
    limit = max_values(text)
    for number, (loc, secret) in enumerate(_within(root, (), text, frozenset())):
        if number > limit:
            raise DocumentError(1, f"aliases make more than {limit} values of this file: write them out")
        if secret is not None:
            yield loc, secret


def _within(node: Node, loc: Loc, text: str, above: frozenset[int]) -> Iterator[tuple[Loc, _Secret | None]]:
    """Every secret below a node; None for everything else that is looked at, so that it can be counted."""
    yield loc, None
    if id(node) in above:
        return
    above |= {id(node)}
    if isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from _within(item, (*loc, number), text, above)
    if not isinstance(node, MappingNode):
        return
    around = _bonds(node)
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
        if key in SECRET_KEYS:
            yield (*loc, key), _secret(value_node, around if key == "password" else (), text)
        else:
            yield from _within(value_node, (*loc, key), text, above)


def _secret(node: Node, bound_to: tuple[object, ...], text: str) -> _Secret:
    start, end = node.start_mark.index, node.end_mark.index
    # The end of a block reaches over the line break, and over comments, up to what comes next.
    end = start + len(text[start:end].rstrip())
    anchor = f"&{node.anchor} " if node.anchor and text[start:end].startswith("&") else ""
    return _Secret(start, end, str(node.value) if isinstance(node, ScalarNode) else "", anchor, bound_to)


def _bonds(node: MappingNode) -> tuple[object, ...]:
    """What a password in this mapping is used for."""
    texts = {
        str(key.value): str(value.value)
        for key, value in node.value
        if isinstance(key, ScalarNode) and isinstance(value, ScalarNode)
    }
    address_parts: tuple[object, ...] = (texts.get("rtsp"), texts.get("http"))
    try:
        address = address_of(texts.get("rtsp") or texts.get("http") or "", _NETWORKED)
        address_parts = (address.kind, address.host, address.port)
    except ValueError:
        pass
    return (*address_parts, *map(texts.get, ("user", "authority", "basic_without_tls", "transport")))
