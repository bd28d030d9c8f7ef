"""The query options of SensorThings that are offered: $top, $skip, $count, $orderby, $select, $expand, $filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from passerby.publish.standards.sensorthings.errors import WrongRequestError
from passerby.publish.standards.sensorthings.filters import Filter, parsed
from passerby.text import whole_number

MAX_TOP: Final = 1000
"""Entities of a page; more are on the next ones."""

DEFAULT_TOP: Final = 100
MAX_LEVELS: Final = 2
"""Of `$expand`."""

NAMES: Final = ("$top", "$skip", "$count", "$orderby", "$select", "$expand", "$filter")


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted of a set, or of an entity.

    Attributes:
        top: at most so many.
        skip: how many are left out before.
        count: say how many there are in all.
        order: property, and whether the largest comes first.
        select: names of properties and links; empty for all.
        expand: name of a link -> what is wanted of what it leads to.
        filter: which; None for all.
    """

    top: int = DEFAULT_TOP
    skip: int = 0
    count: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    select: tuple[str, ...] = ()
    expand: "Mapping[str, Options]" = field(default_factory=dict)
    filter: Filter | None = None


def options_of(query: Mapping[str, str], level: int = 0) -> Options:
    """Returns the options of a query.

    Args:
        query: name -> text, decoded.
        level: how deep in `$expand` it is.

    Raises:
        WrongRequestError: a name is not offered, or a text is not understood.
    """
    if unknown := sorted(set(query) - set(NAMES)):
        raise WrongRequestError(f"{', '.join(unknown)}: not offered. Offered are {', '.join(NAMES)}")
    return Options(
        top=min(_number(query, "$top", DEFAULT_TOP), MAX_TOP),
        skip=_number(query, "$skip", 0),
        count=_truth(query),
        order=tuple(_order(each) for each in _parts(query.get("$orderby", ""), ",")),
        select=tuple(_parts(query.get("$select", ""), ",")),
        expand=_expand(query.get("$expand", ""), level),
        filter=parsed(query["$filter"]) if "$filter" in query else None,
    )


def _number(query: Mapping[str, str], name: str, unless_given: int) -> int:
    if name not in query:
        return unless_given
    number = whole_number(query[name])
    if number is None:
        raise WrongRequestError(f"{name}: a whole number is needed, got {query[name][:20]}")
    return number


def _truth(query: Mapping[str, str]) -> bool:
    text = query.get("$count", "false")
    if text not in ("true", "false"):
        raise WrongRequestError(f"$count: true or false is needed, got {text[:20]}")
    return text == "true"


def _order(text: str) -> tuple[str, bool]:
    name, _, way = text.partition(" ")
    if way not in ("", "asc", "desc"):
        raise WrongRequestError(f"$orderby: asc or desc is needed after {name}, got {way[:20]}")
    return name, way == "desc"


def _expand(text: str, level: int) -> Mapping[str, Options]:
    """`Datastreams($top=3;$expand=Observations),Locations`; `A/B` is B within A."""
    found: dict[str, Options] = {}
    for part in _parts(text, ","):
        if level >= MAX_LEVELS:
            raise WrongRequestError(f"$expand: at most {MAX_LEVELS} levels are offered")
        path, _, inner = part.partition("(")
        name, _, deeper = path.partition("/")
        if inner and (deeper or not inner.endswith(")")):
            raise WrongRequestError(f"$expand: not understood: {part[:40]}")
        query = dict(_pair(each) for each in _parts(inner[:-1], ";")) if inner else {}
        if deeper:
            query["$expand"] = deeper
        found[name] = options_of(query, level + 1)
    return found


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _parts(text: str, separator: str) -> Sequence[str]:
    """The parts between separators that are within no parentheses and no quotes."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, letter in enumerate(text):
        quoted = quoted is not (letter == "'")
        if not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == separator and depth == 0:
                parts.append(text[begin:at])
                begin = at + 1
    if depth or quoted:
        raise WrongRequestError(f"a parenthesis or a quote is not closed: {text[:40]}")
    return [part.strip() for part in (*parts, text[begin:]) if part.strip()]
