"""`$filter`: comparisons of properties with numbers, texts and times, joined by and, or, not and parentheses.

Functions and arithmetic are not offered. A period, as `phenomenonTime` is one, is after a time where it begins after
it, and before a time where it ends before it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from passerby.publish.standards.sensorthings.errors import WrongRequestError

Value = str | float | bool | datetime | None
Test = Callable[[Mapping[str, Any]], bool]

MAX_LETTERS: Final = 1000
MAX_DEPTH: Final = 20
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<time>\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>@?[A-Za-z_][A-Za-z0-9_./@]*)|(?P<sign>[(),]))"
)
_COMPARISONS: Final = ("eq", "ne", "gt", "ge", "lt", "le")
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a property with a value.

    Attributes:
        path: names of the property and of those within it.
        operator: `eq`, `ne`, `gt`, `ge`, `lt` or `le`.
        value: a text, a number, a time with its zone, true, false or None.
    """

    path: tuple[str, ...]
    operator: str
    value: Value

    def holds(self, entity: Mapping[str, Any]) -> bool:
        """Returns whether it holds for an entity as in JSON."""
        found: Any = entity
        for name in self.path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return _compared(found, self.operator, self.value)


@dataclass(frozen=True, slots=True)
class Filter:
    """A whole filter.

    Attributes:
        holds: whether it holds for an entity as in JSON.
        needed: comparisons that all have to hold; there may be more to it.
        whole: nothing but these.
    """

    holds: Test
    needed: tuple[Comparison, ...]
    whole: bool


def parsed(text: str) -> Filter:
    """Returns a filter.

    Raises:
        WrongRequestError: it cannot be understood.
    """
    if len(text) > MAX_LETTERS:
        raise WrongRequestError(f"$filter: at most {MAX_LETTERS} letters are taken, got {len(text)}")
    parser = _Parser(list(_tokens(text)))
    found = parser.either(0)
    if parser.rest:
        raise WrongRequestError(f"$filter: nothing can follow here, got {parser.rest[0][1]}")
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise WrongRequestError(f"$filter: this is not understood: {text[at : at + 20].strip()}")
        at = match.end()
        yield match.lastgroup, match[match.lastgroup]


class _Parser:
    """Reads tokens from the first to the last; or binds less than and, and less than not."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.rest = tokens

    def either(self, depth: int) -> Filter:
        found = self._both(depth)
        while self._took("or"):
            found = _either(found, self._both(depth))
        return found

    def _both(self, depth: int) -> Filter:
        found = self._one(depth)
        while self._took("and"):
            found = _both(found, self._one(depth))
        return found

    def _one(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise WrongRequestError(f"$filter: more than {MAX_DEPTH} parentheses within each other")
        if self._took("not"):
            inner = self._one(depth + 1)
            return Filter(lambda entity: not inner.holds(entity), (), False)
        if self._took("("):
            inner = self.either(depth + 1)
            if not self._took(")"):
                raise WrongRequestError("$filter: a parenthesis is not closed")
            return inner
        return self._comparison()

    def _comparison(self) -> Filter:
        name, operator = self._next("a property"), self._next("a comparison")
        if name[0] != "word" or operator[1] not in _COMPARISONS:
            wanted = f"a property and one of {', '.join(_COMPARISONS)} are needed"
            raise WrongRequestError(f"$filter: {wanted}, got {name[1]} {operator[1]}; functions are not offered")
        made = Comparison(tuple(name[1].split("/")), operator[1], _value(*self._next("a value")))
        return Filter(made.holds, (made,), True)

    def _next(self, what: str) -> tuple[str, str]:
        if not self.rest:
            raise WrongRequestError(f"$filter: it ends where {what} is needed")
        return self.rest.pop(0)

    def _took(self, word: str) -> bool:
        if self.rest and self.rest[0][1] == word and self.rest[0][0] in ("word", "sign"):
            self.rest.pop(0)
            return True
        return False


def _both(one: Filter, other: Filter) -> Filter:
    return Filter(
        lambda entity: one.holds(entity) and other.holds(entity),
        (*one.needed, *other.needed),
        one.whole and other.whole,
    )


def _either(one: Filter, other: Filter) -> Filter:
    return Filter(lambda entity: one.holds(entity) or other.holds(entity), (), False)


def _value(kind: str, text: str) -> Value:
    if kind == "text":
        return text[1:-1].replace("''", "'")
    if kind == "number":
        return float(text)
    if kind == "time":
        return _time(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    raise WrongRequestError(f"$filter: a value is needed, such as 10, 'text' or 2026-11-01T00:00:00Z, got {text}")


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrongRequestError(f"$filter: there is no such time: {text}") from None


def _compared(found: Any, operator: str, value: Value) -> bool:
    if isinstance(value, datetime):
        return _time_compared(found, operator, value)
    if operator in ("eq", "ne"):
        return (found == value) is (operator == "eq")
    numbers = isinstance(found, int | float) and isinstance(value, int | float)
    if (
        isinstance(found, bool)
        or isinstance(value, bool)
        or not (numbers or (isinstance(found, str) and isinstance(value, str)))
    ):
        return False
    return _ordered(found, operator, value)


def _ordered(one: Any, operator: str, other: Any) -> bool:
    match operator:
        case "gt":
            return bool(one > other)
        case "ge":
            return bool(one >= other)
        case "lt":
            return bool(one < other)
        case _:
            return bool(one <= other)


def _time_compared(found: Any, operator: str, value: datetime) -> bool:
    if not isinstance(found, str):
        return False
    try:
        ends = [datetime.fromisoformat(each) for each in found.split("/")]
        begin, end = ends[0], ends[-1]
        if operator in ("eq", "ne"):
            return (begin == value == end) is (operator == "eq")
        return _ordered(begin if operator in ("gt", "ge") else end, operator, value)
    except (ValueError, TypeError):
        return False
