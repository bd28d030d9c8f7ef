"""Takes the cameras' passwords out of a site file's text; every other letter and every comment stays."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from passerby.config.document import DocumentError, composed, keys_in, parse
from passerby.domain.errors import SiteFileError

_COMMA_AFTER = re.compile(r"\s*,[ \t]*")
_COMMA_BEFORE = re.compile(r",\s*\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\n|\r|\Z)")
_BLOCK_SCALARS = ("|", ">")


@dataclass(frozen=True, slots=True)
class _Cut:
    """The letters from `start` to `end` go, and `put` stands there instead."""

    start: int
    end: int
    put: str = ""


def without_passwords(text: str, cameras: Collection[str], name: str) -> str:
    """Returns the text of a site file without the `password` of some cameras' sources.

    Args:
        text: the whole file, without faults.
        cameras: names of cameras whose source has a password.
        name: what errors call the file.

    Raises:
        SiteFileError: one stands where it cannot be taken out safely, by an alias for example; each with its line.
    """
    faults, cuts = [], []
    for camera in cameras:
        try:
            cuts.append(_cut(text, camera))
        except DocumentError as error:
            faults.append(error.fault.sentence(name))
    if faults:
        raise SiteFileError(faults)
    parts, reached = [], 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        parts += [text[reached : cut.start], cut.put]
        reached = cut.end
    taken = "".join([*parts, text[reached:]])
    _check(text, taken, cameras, name)
    return taken


def _cut(text: str, camera: str) -> _Cut:
    node = composed(text)
    for key in ("cameras", camera, "source"):
        _, node = _pair(node, key)
    key_node, value = _pair(node, "password")
    if value.anchor or not isinstance(value, ScalarNode) or value.style in _BLOCK_SCALARS:
        raise _refused(key_node, "password", "write it on one line, without an anchor")
    start, end = key_node.start_mark.index, value.end_mark.index
    return _within_braces(text, start, end, key_node) if _braced(node) else _whole_lines(text, start, end, key_node)


def _pair(node: Node | None, wanted: str) -> tuple[ScalarNode, Node]:
    """Returns a key's node and that of its value, which stand where they seem to: not in an alias."""
    for key_node, value in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key_node, ScalarNode) and key_node.value == wanted:
            if value.start_mark.index < key_node.end_mark.index:
                raise _refused(key_node, wanted, "it is an alias: write it out")
            return key_node, value
    raise DocumentError(1, f"{wanted}: it is not there as it is read, or differs in how its letters are composed")


def _braced(node: Node | None) -> bool:
    return isinstance(node, MappingNode) and bool(node.flow_style)


def _within_braces(text: str, start: int, end: int, key: ScalarNode) -> _Cut:
    """In `{a: 1, password: x, b: 2}`: the pair with one comma."""
    after = _COMMA_AFTER.match(text, end)
    if after:
        return _Cut(start, after.end())
    before = _COMMA_BEFORE.search(text[:start])
    if before and text[end:].lstrip().startswith("}"):
        return _Cut(before.start(), end)
    raise _refused(
        key, "password", "a comment or a line stands between it and the next key: write it on a line of its own"
    )


def _whole_lines(text: str, start: int, end: int, key: ScalarNode) -> _Cut:
    """In a block: all its lines; a comment behind it stays, on a line of its own."""
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    rest = _REST_OF_LINE.match(text, end)
    if text[line_start:start].strip(" ") or rest is None:
        raise _refused(key, "password", "something else stands on its line: write it on a line of its own")
    comment, line_end = rest[1], rest[2]
    return _Cut(line_start, rest.end(), f"{text[line_start:start]}{comment}{line_end}" if comment else "")


def _refused(key: Node, name: str, do: str) -> DocumentError:
    return DocumentError(
        key.start_mark.line + 1, f"{name}: cannot be taken out safely here; {do}, or take it out by hand"
    )


def _check(before: str, after: str, cameras: Collection[str], name: str) -> None:
    """Compares what both texts say: all of it is the same, but for those passwords."""
    try:
        document = parse(after)
        same = not document.faults and document.value == _less(parse(before).value, cameras)
    except DocumentError:
        same = False
    if not same:
        raise SiteFileError([f"{name}: the passwords cannot be taken out safely. Take them out by hand"])


def _less(value: object, cameras: Collection[str]) -> Mapping[str, object]:
    site = dict(keys_in(value))
    found = dict(keys_in(site.get("cameras")))
    for camera in cameras:
        keys = dict(keys_in(found.get(camera)))
        source = keys_in(keys.get("source"))
        keys["source"] = {key: each for key, each in source.items() if key != "password"}
        found[camera] = keys
    return {**site, "cameras": found}
