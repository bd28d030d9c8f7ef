"""A YAML text as plain values with the line of every key; hostile texts end in faults, never in a traceback."""

import math
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from passerby.config.validation import UNPRINTABLE, Fault, Loc, dotted
from passerby.quick_yaml import quick_root
from passerby.text import in_nfc, printable

MAX_BYTES = 16 * 1024 * 1024
"""A city of 8,000 cameras with a line and a zone each has 3.5 MiB; more than this is surely a wrong file."""
MAX_VALUES = 50_000
"""Values after aliases are written out: nine lines of aliases of aliases would otherwise become 10^9 values."""
LONG, LETTERS_A_VALUE = 200_000, 4
"""A text of more letters may have more values: one in so many letters, which no site file reaches."""
MAX_DEPTH = 24
"""The deepest key of a site file lies 8 levels down."""

_TAG = "tag:yaml.org,2002:"
_QUOTED = re.compile(r"'([^']*)'")
_TOKEN = re.compile(r".|<[a-z ]+>")
_TAB = re.compile(r"^ *\t", re.MULTILINE)


class DocumentError(Exception):
    """The file cannot be read as YAML at all; holds the one fault with the reason."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.fault = Fault(line, "", text)


class Document:
    """The values of one file and where they stand.

    Attributes:
        value: plain str, int, float, bool, None, dict and tuple.
        faults: what was wrong with the YAML itself (double keys, tags); `value` is then what could be understood.
    """

    def __init__(self, value: object, lines: dict[Loc, int], faults: list[Fault]) -> None:
        self.value = value
        self.faults = faults
        self._lines = lines

    def line(self, loc: Loc) -> int:
        """The line, from 1, of the key or list item at `loc`, or of the nearest one around it that is there."""
        while loc and loc not in self._lines:
            loc = loc[:-1]
        return self._lines.get(loc, 1)

    def renamed(self, names: Mapping[Loc, str]) -> "Document":
        """Returns the document with the keys at some places under other names; none of that name may be beside one."""
        lines = {
            tuple(names.get(at[: depth + 1], part) for depth, part in enumerate(at)): line
            for at, line in self._lines.items()
        }
        return Document(_with_keys_renamed(self.value, (), names), lines, self.faults)


def _with_keys_renamed(value: object, loc: Loc, names: Mapping[Loc, str]) -> object:
    """The value at `loc` with keys in it renamed, each at the same place among the others."""
    if isinstance(value, tuple):
        return tuple(_with_keys_renamed(each, (*loc, at), names) for at, each in enumerate(value))
    if not isinstance(value, Mapping):
        return value
    return {
        names.get((*loc, key), key): _with_keys_renamed(each, (*loc, key), names)
        for key, each in keys_in(value).items()
    }


def read_text(path: Path) -> str:
    """Returns the text of a site file.

    Raises:
        DocumentError: it cannot be opened, is too long, empty or not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise DocumentError(1, f"the file cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise DocumentError(1, f"the file is longer than {MAX_BYTES // 1024} KiB: is it a site file?")
    return decoded(content)


def checked_text(text: str) -> str:
    """Returns a text that has not come out of a file, checked against the same limits.

    Raises:
        DocumentError: it is too long, empty or cannot be written as UTF-8.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise DocumentError(1, f"the file is longer than {MAX_BYTES // 1024} KiB: is it a site file?")
    return decoded(text.encode("utf-8", "surrogatepass"))


def decoded(content: bytes) -> str:
    """Returns the text of a site file's bytes.

    Raises:
        DocumentError: they are not UTF-8, or nothing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DocumentError(line, "the file is not UTF-8 text: save it as UTF-8") from None
    if not text.strip():
        raise DocumentError(1, "the file is empty")
    return text


def max_values(text: str) -> int:
    """Returns how many values a text may have, after aliases are written out."""
    return MAX_VALUES if len(text) < LONG else len(text) // LETTERS_A_VALUE


def parse(text: str) -> Document:
    """Returns the values of one YAML document.

    Raises:
        DocumentError: the text is not YAML, too deep or too long once aliases are written out.
    """
    root = composed(text)
    if root is None:
        raise DocumentError(1, "the file is empty: it holds comments only")
    reader = _NodeReader(max_values(text))
    value = reader.read(root, ())
    return Document(value, reader.lines, reader.faults)


def _check_depth(text: str) -> None:
    """Refuses deep nesting from the flat stream of events, before anything recursive sees it."""
    depth, limit = 0, max_values(text)
    for number, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise DocumentError(event.start_mark.line + 1, f"nested more than {MAX_DEPTH} levels deep")
        if number > 2 * limit:
            raise DocumentError(event.start_mark.line + 1, f"more than {limit} values: is it a site file?")


def composed(text: str) -> Node | None:
    """Returns the document's node tree, or None for a file of comments.

    Raises:
        DocumentError: the text is not YAML, or too deep.
    """
    quick = quick_root(text, max_depth=MAX_DEPTH, max_values=max_values(text))
    if quick is not None:
        return quick
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_depth(text)
            root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except DocumentError:
        raise
    except YAMLError as error:
        raise _syntax_error(error, text) from None
    except Exception:  # ruamel.yaml lets OverflowError, ValueError and others through on hostile escapes and tags
        raise DocumentError(1, "this is not YAML: it holds an escape or a tag that cannot be read") from None
    return root


def _syntax_error(error: YAMLError, text: str) -> DocumentError:
    """The parser's message in one sentence; what it quotes may be a password and is left out."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    problem = str(getattr(error, "problem", None) or "")
    if "\\t" in problem and (tab := _TAB.search(text)):
        first = text.count("\n", 0, tab.start()) + 1
        return DocumentError(first, "a tab is used to indent; YAML wants spaces")
    if "another document" in problem:
        return DocumentError(line, "a second document starts here (`---`); a site file holds one")
    if "cannot start any token" in problem:
        return DocumentError(line, "this is not YAML: a value starts with a character that needs quotes around it")
    if not problem:
        bad = next(
            (position for position, letter in enumerate(text) if not (letter.isprintable() or letter in "\r\n\t")), 0
        )
        return DocumentError(text.count("\n", 0, bad) + 1, "this is not YAML: it holds a control character")
    return DocumentError(line, f"this is not YAML: {_unquoted(problem)}")


def _unquoted(problem: str) -> str:
    """The parser's message with the file's own words replaced; YAML's punctuation and the parser's terms stay."""
    message = _QUOTED.sub(lambda quoted: quoted[0] if _TOKEN.fullmatch(quoted[1]) else "…", problem)
    return printable(message, UNPRINTABLE)


class _NodeReader:
    """Turns nodes into plain values and remembers the lines."""

    def __init__(self, max_values: int) -> None:
        self._max_values = max_values
        self.lines: dict[Loc, int] = {}
        self.faults: list[Fault] = []
        self._count = 0
        self._open: set[int] = set()

    def read(self, node: Node, loc: Loc) -> object:
        """Returns the plain value of one node; its own line counts unless its key's line is known."""
        line = self.lines.setdefault(loc, node.start_mark.line + 1)
        self._count += 1
        if self._count > self._max_values:
            raise DocumentError(line, f"aliases make more than {self._max_values} values of this file: write them out")
        if isinstance(node, ScalarNode):
            return self._scalar(node, loc)
        if id(node) in self._open:
            self._add(loc, "an alias is inside its own anchor")
            return None
        if not isinstance(node, (MappingNode, SequenceNode)) or node.tag not in (_TAG + "map", _TAG + "seq"):
            self._add(loc, "tags (words that start with !) are not understood here")
            return None
        self._open.add(id(node))
        value = self._mapping(node, loc) if isinstance(node, MappingNode) else self._sequence(node, loc)
        self._open.discard(id(node))
        return value

    def _add(self, loc: Loc, text: str) -> None:
        self.faults.append(Fault(self.lines.get(loc, 1), dotted(loc), text))

    def _sequence(self, node: SequenceNode, loc: Loc) -> tuple[object, ...]:
        return tuple(self.read(item, (*loc, number)) for number, item in enumerate(node.value))

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, object]:
        values: dict[str, object] = {}
        spelt: dict[str, str] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.faults.append(Fault(line, dotted(loc), "a key must be one word or name, not a list or a mapping"))
                continue
            key = in_nfc(str(key_node.value))
            if key_node.tag == _TAG + "merge":
                text = "merge keys (<<) are not understood: write the keys out"
                self.faults.append(Fault(line, dotted(loc), text))
                continue
            key_loc = (*loc, key)
            if key in values:
                text = f"this key is here twice, first in line {self.lines[key_loc]}; the second would hide the first"
                if spelt[key] != key_node.value:
                    text += ". They look the same and differ only in how Unicode composes their letters (NFC and NFD)"
                self.faults.append(Fault(line, dotted(key_loc), text))
                continue
            self.lines[key_loc], spelt[key] = line, str(key_node.value)
            values[key] = self.read(value_node, key_loc)
        return values

    def _scalar(self, node: ScalarNode, loc: Loc) -> object:
        text, tag = str(node.value), str(node.tag)
        if not tag.startswith(_TAG):
            self._add(loc, "tags (words that start with !) are not understood here; put the text in quotes")
            return text
        kind = tag.removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")
        if kind in ("int", "float"):
            return _number(text, whole=kind == "int")
        return text


def _number(text: str, *, whole: bool) -> int | float | str:
    """The number a scalar stands for, or the text itself where Python cannot read it."""
    digits = text.replace("_", "")
    try:
        if whole and len(digits) < 19:
            return int(digits, 0) if "0o" in digits or "0x" in digits or "0b" in digits else int(digits)
        return float(digits.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text


def keys_in(value: object) -> Mapping[str, object]:
    """Returns the keys of a mapping; none for anything else."""
    return value if isinstance(value, Mapping) else {}


def number_in(value: object) -> float | None:
    """Returns a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def point_in(value: object) -> tuple[float, float] | None:
    """Returns two finite numbers; None for anything else."""
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    x, y = number_in(value[0]), number_in(value[1])
    return None if x is None or y is None else (x, y)
