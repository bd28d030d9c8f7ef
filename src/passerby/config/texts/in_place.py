"""Values changed in the text of a site file itself, so that every other letter of it stays where it is."""

import difflib
from collections.abc import Mapping
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from passerby.config.document import composed
from passerby.config.texts.yaml_text import block_lines, flow_text
from passerby.text import in_nfc

_LINE_LETTERS: Final = 120
"""What stands in braces stays so up to here: more than `yaml_text` puts on a line, for the writer chose braces."""

_Change = tuple[int, int, str]
"""From this letter to that one another text is put."""


class NotInPlaceError(Exception):
    """A part has to be written anew as a whole."""


def changed_in_place(text: str, new: Mapping[str, object], old: Mapping[str, object]) -> str:
    """Returns the text with other values, to be read again by the caller: an alias may have changed two places.

    Args:
        text: a site file.
        new: the values that it shall have.
        old: those that it has.

    Raises:
        NotInPlaceError: the text cannot be changed where it stands.
    """
    root = composed(text)
    if root is None:
        raise NotInPlaceError
    editor = _Editor(text)
    editor.change(root, new, old)
    return editor.result()


class _Editor:
    """Collects the changes of a text that make its values other ones.

    Args:
        text: the file.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._changes: list[_Change] = []
        self._break = "\r\n" if "\r\n" in text else "\n"

    def change(self, node: Node, new: object, old: object) -> None:
        """Makes the value of a node another one.

        Raises:
            NotInPlaceError: it has to be written anew as a whole.
        """
        if isinstance(node, MappingNode) and isinstance(new, Mapping) and isinstance(old, Mapping) and new and old:
            self._change_mapping(node, new, old)
        elif isinstance(node, SequenceNode) and isinstance(new, tuple) and isinstance(old, tuple) and new and old:
            self._change_sequence(node, new, old)
        else:
            raise NotInPlaceError

    def result(self) -> str:
        """Returns the changed text.

        Raises:
            NotInPlaceError: two changes meet in one place.
        """
        parts, reached = [], 0
        for start, end, put in sorted(self._changes, key=lambda change: change[:2]):
            if start < reached:
                raise NotInPlaceError
            parts += [self._text[reached:start], put]
            reached = end
        return "".join([*parts, self._text[reached:]])

    def _tried(self, node: Node, new: object, old: object) -> bool:
        """Changes a value where that can be done in it; else leaves everything as it was."""
        mark = len(self._changes)
        try:
            self.change(node, new, old)
        except NotInPlaceError:
            del self._changes[mark:]
            return False
        return True

    def _change_mapping(self, node: MappingNode, new: Mapping[str, object], old: Mapping[str, object]) -> None:
        pairs = {in_nfc(str(key.value)): (key, value) for key, value in node.value}
        renamed = _renamed(new, old)
        added = {key: new[key] for key in new if key not in old and key not in renamed.values()}
        gone = [key for key in old if key not in new and key not in renamed]
        if node.flow_style and (added or gone):
            self._rewrite_on_one_line(node, new, added)
            return
        for was, name in renamed.items():
            key = pairs[was][0]
            self._changes.append((key.start_mark.index, key.end_mark.index, flow_text(name)))
        for name in gone:
            self._remove_lines(pairs[name][0].start_mark.index, self._pair_end(*pairs[name]))
        for name, (key, value) in pairs.items():
            if name in new and new[name] != old[name] and not self._tried(value, new[name], old[name]):
                self._replace_value(node, key, value, new[name])
        if added:
            column = node.value[0][0].start_mark.column
            like = node.value[-1][1]
            lines = [line for name, value in added.items() for line in _lines_like(like, name, value, column)]
            self._insert_after(self._pair_end(*node.value[-1]), lines)

    def _rewrite_on_one_line(self, node: MappingNode, new: Mapping[str, object], added: Mapping[str, object]) -> None:
        """Keeps a mapping in braces, where it stands on one line, fits there, and what is added is simple enough."""
        start, end, put = node.start_mark.index, node.end_mark.index, flow_text(new)
        long = node.start_mark.column + len(put) > _LINE_LETTERS
        if long or "\n" in self._text[start:end] or not all(map(_is_flat, added.values())):
            raise NotInPlaceError
        self._changes.append((start, end, put))

    def _change_sequence(self, node: SequenceNode, new: tuple[object, ...], old: tuple[object, ...]) -> None:
        if node.flow_style and len(new) != len(old):
            raise NotInPlaceError
        matcher = difflib.SequenceMatcher(None, [repr(each) for each in old], [repr(each) for each in new], False)
        for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            both = min(old_to - old_from, new_to - new_from)
            for step in range(both):
                item, before, after = node.value[old_from + step], old[old_from + step], new[new_from + step]
                if after != before and not self._tried(item, after, before):
                    self._changes.append((item.start_mark.index, self._end(item), flow_text(after)))
            for item in node.value[old_from + both : old_to]:
                self._remove_lines(self._dash(item), self._end(item))
            if both < new_to - new_from:
                self._insert_items(node, old_from + both, new[new_from + both : new_to])

    def _insert_items(self, node: SequenceNode, number: int, items: tuple[object, ...]) -> None:
        if node.flow_style:
            raise NotInPlaceError
        lines = block_lines(items, node.start_mark.column)
        if number == 0:
            start = self._line_start(self._dash(node.value[0]))
            self._changes.append((start, start, self._joined(lines)))
        else:
            self._insert_after(self._end(node.value[number - 1]), lines)

    def _replace_value(self, parent: MappingNode, key: Node, value: Node, new: object) -> None:
        """Writes the value of a key anew; a comment behind its end stays."""
        colon, end, column = self._colon(key), self._pair_end(key, value), key.start_mark.column
        first, *others = [flow_text(new)] if parent.flow_style else block_lines({"key": new}, column)
        first = first.removeprefix(" " * column + "key:").lstrip()
        block = isinstance(value, (MappingNode, SequenceNode)) and not value.flow_style
        if others and end == colon:
            self._insert_after(end, others)
        elif others or block or end == colon:
            self._changes.append((colon, end, self._break.join([f" {first}" if first else "", *others])))
        else:
            self._changes.append((value.start_mark.index, end, first))

    def _remove_lines(self, start: int, end: int) -> None:
        line = self._line_start(start)
        if self._text[line:start].strip():
            raise NotInPlaceError
        self._changes.append((line, self._line_end(end), ""))

    def _insert_after(self, end: int, lines: list[str]) -> None:
        at, put = self._line_end(end), self._joined(lines)
        if at == len(self._text) and not self._text.endswith("\n"):
            put = self._break + put
        self._changes.append((at, at, put))

    def _joined(self, lines: list[str]) -> str:
        return "".join(line + self._break for line in lines)

    def _dash(self, item: Node) -> int:
        """Where the dash of a list's item is."""
        start = item.start_mark.index
        dash = self._text.rfind("-", self._line_start(start), start)
        if dash < 0:
            raise NotInPlaceError
        return dash

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """The first letter of the next line; only a comment may stand behind `at`."""
        found = self._text.find("\n", at)
        end = len(self._text) if found < 0 else found + 1
        rest = self._text[at:end].strip()
        if rest and not rest.startswith("#"):
            raise NotInPlaceError
        return end

    def _colon(self, key: Node) -> int:
        """The letter behind the colon of a key."""
        return self._text.index(":", key.end_mark.index) + 1

    def _pair_end(self, key: Node, value: Node) -> int:
        """Where a key and its value end: nothing at all is taken to lie at the next thing, too."""
        empty = value.start_mark.index == value.end_mark.index
        return self._colon(key) if empty else self._end(value)

    def _end(self, node: Node) -> int:
        """Where the last letter of a value ends: a block's own mark lies at the next thing, behind comments."""
        if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._pair_end(*last) if isinstance(node, MappingNode) else self._end(last)
        start, end = node.start_mark.index, node.end_mark.index
        return int(start + len(self._text[start:end].rstrip()))


def _renamed(new: Mapping[str, object], old: Mapping[str, object]) -> dict[str, str]:
    """Returns which names of entries have become others while everything under them stayed."""
    added = [key for key in new if key not in old]
    found: dict[str, str] = {}
    for was in (key for key in old if key not in new):
        name = next((key for key in added if new[key] == old[was] and isinstance(old[was], Mapping)), None)
        if name is not None:
            found[was] = name
            added.remove(name)
    return found


def _is_flat(value: object) -> bool:
    """Whether a value is one, or a list of such: no mapping, no list of lists."""
    if isinstance(value, tuple):
        return not any(isinstance(each, (Mapping, tuple)) for each in value)
    return not isinstance(value, Mapping)


def _lines_like(like: Node, name: str, value: object, column: int) -> list[str]:
    """Returns the lines of a new entry: in braces where its neighbour is, and it fits there and is simple enough."""
    line = f"{' ' * column}{flow_text(name)}: {flow_text(value)}"
    in_braces = isinstance(like, MappingNode) and like.flow_style and len(line) <= _LINE_LETTERS
    if in_braces and isinstance(value, Mapping) and all(_is_flat(each) for each in value.values()):
        return [line]
    return block_lines({name: value}, column)
