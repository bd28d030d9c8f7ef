"""Faults of a site file: what is wrong in which line, and how keys and wrong values are shown."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from passerby.text import printable, shortened

Loc = tuple[str | int, ...]
"""The way from the top of the file to a value: keys, and positions in lists from 0."""

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_SHOWN_LETTERS = 40
_READ_LETTERS = 1000
"""No more of a text is ever shown; a search for addresses takes time that grows with the square of a word's length."""
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://\S*", re.IGNORECASE)
_AT_CAMERA = re.compile(r"cameras\.(?P<camera>[^.\"]+)(?P<rest>(\..*)?)", re.DOTALL)
_CAMERAS_NAMED = 3
_PLAIN_KEYS = re.compile(r"^\w(?:[\w -]*\w)?$")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in one line of a site file.

    Attributes:
        line: line of the file, from 1.
        key: dotted key, empty for the file as a whole.
        text: what is needed, what was got, what to do.
    """

    line: int
    key: str
    text: str

    def sentence(self, file_name: str) -> str:
        """Returns the fault as users see it.

        >>> Fault(41, "zones.bench.points", "a zone needs 3 points, got 2").sentence("site.yaml")
        'site.yaml:41 zones.bench.points: a zone needs 3 points, got 2'
        """
        key = f" {self.key}" if self.key else ""
        return f"{file_name}:{self.line}{key}: {self.text}"


def sentences(faults: Iterable[Fault], file_name: str) -> list[str]:
    """Returns faults as users see them, in the file's order: one that many cameras have is said once.

    A city has thousands of cameras, and most of its site file is written by a program.
    """
    alike: dict[tuple[str, str], list[tuple[Fault, str]]] = {}
    for fault in sorted(set(faults)):
        at = _AT_CAMERA.fullmatch(fault.key)
        # A fault that is of no camera is like no other one.
        place = (at["rest"], fault.text) if at else (fault.key, f"{fault.line} {fault.text}")
        alike.setdefault(place, []).append((fault, at["camera"] if at else ""))
    found: list[tuple[Fault, str]] = []
    for some in alike.values():
        if len(some) <= _CAMERAS_NAMED:
            found += [(fault, fault.sentence(file_name)) for fault, _ in some]
        else:
            first, others = some[0][0], [camera for _, camera in some[1:]]
            named, rest = ", ".join(others[:_CAMERAS_NAMED]), len(others) - _CAMERAS_NAMED
            more = f" and {rest} more" if rest > 0 else ""
            found.append(
                (first, f"{first.sentence(file_name)} (the same at {len(others)} other cameras: {named}{more})")
            )
    return [sentence for _, sentence in sorted(found, key=lambda one: one[0])]


def excerpt(text: str) -> str:
    """Returns a text of the site file in one short, printable line, without what may be a password in an address.

    >>> excerpt("rtsp://user:secret@camera/stream")
    'rtsp://…'
    """
    return shortened(printable(_ADDRESS.sub(r"\1://…", text[:_READ_LETTERS]), UNPRINTABLE), _SHOWN_LETTERS)


def dotted(loc: Loc) -> str:
    """Returns the dotted key of a value; a name with dots or punctuation in it is put in quotes.

    >>> dotted(("cameras", "square", "masks", 0))
    'cameras.square.masks[0]'
    """
    key = ""
    for part in loc:
        if isinstance(part, int):
            key += f"[{part}]"
            continue
        name = excerpt(part)
        key += ("." if key else "") + (name if _PLAIN_KEYS.match(name) else f"'{name}'")
    return key


def shown(value: object) -> str:
    """Returns how a wrong value is named in a fault.

    >>> shown("abc"), shown(1.5), shown(None), shown((1, 2)), shown(True)
    ("the text 'abc'", '1.5', 'nothing', 'a list of 2', 'true')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{excerpt(value)}'"
    if isinstance(value, (tuple, list)):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "keys and values"
    return excerpt(repr(value))


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """Returns a sentence that leads from a misspelt word to the right one: the nearest, or all when none is near.

    >>> suggestion("pedestrain", ["pedestrian", "bicycle"])
    'Did you mean pedestrian?'
    >>> suggestion("x", ["pedestrian", "bicycle"])
    'Known here: bicycle, pedestrian.'
    """
    words = sorted(set(known))
    folded = {word.casefold(): word for word in words}
    near = difflib.get_close_matches(wrong.casefold()[:100], list(folded), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {excerpt(folded[near[0]])}?"
    if not words:
        return "None is known here."
    return f"Known here: {', '.join(excerpt(word) for word in words)}."


_NEEDED = {
    "string_type": "text is needed (put it in quotes)",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "finite_number": "a finite number is needed",
    "tuple_type": "a list is needed",
    "model_type": "keys and values are needed here",
    "model_attributes_type": "keys and values are needed here",
    "mapping_type": "keys and values are needed here",
    "dict_type": "keys and values are needed here",
}
_BOUNDS = {
    "greater_than": "it must be more than {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than": "it must be less than {lt:g}",
    "less_than_equal": "it must be at most {le:g}",
}
_EXAMPLES = {
    "points": "points: [[x, y], ...] with 0-1 of the picture",
    "picture": "picture: [x, y] with 0-1 of the picture",
    "metres": "metres",
    "cameras": "cameras: {square: {lines: ...}}",
}


def faults_of(error: ValidationError, line_of: Callable[[Loc], int], root: type[BaseModel]) -> list[Fault]:
    """Returns every error that pydantic found as a fault with its line and key.

    Args:
        error: of one validation.
        line_of: the line of a key.
        root: the schema that the file was held against.
    """
    faults = []
    for details in error.errors(include_url=False):
        parts = tuple(part for part in details["loc"] if part != "[key]")
        loc = place_in_file(root, parts)
        if details["type"].startswith("union_tag"):
            loc = (*loc, str(details["ctx"]["discriminator"]).strip("'"))
        faults.append(Fault(line_of(loc), dotted(loc), _text(details, parts, root)))
    return faults


def _text(details: ErrorDetails, loc: Loc, root: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "passerby":
        return details["msg"]
    if kind.startswith("union_tag"):
        known = str(context["expected_tags"]).replace("'", "").split(", ") if "tag" in context else ()
        wrong = "this key is needed" if not known else f"the text '{excerpt(str(context['tag']))}' is not known here"
        return f"{wrong}. {suggestion(str(context.get('tag', '')), known or tags_at(root, loc))}"
    if kind == "extra_forbidden":
        return f"unknown key. {suggestion(str(loc[-1]), known_keys(root, loc[:-1]))}"
    if kind == "missing":
        example = (
            "cameras: [square]" if loc[0] == "recipients" and loc[-1] == "cameras" else _EXAMPLES.get(str(loc[-1]))
        )
        return f"this key is needed: {example or loc[-1]}"
    got = _got(details["input"], loc)
    if details["input"] is None:
        return "nothing is given here: give a value, or take the key away"
    if kind in _NEEDED:
        return f"{_NEEDED[kind]}, got {got}"
    if kind in _BOUNDS:
        return f"{_BOUNDS[kind].format(**context)}, got {got}"
    if kind == "literal_error":
        known = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{got} is not known here. {suggestion(str(details['input']), known)}"
    if kind == "too_short":
        return f"at least {context['min_length']} is needed, got {context['actual_length']}"
    if kind == "too_long":
        return f"at most {context['max_length']} are possible, got {context['actual_length']}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, got {got}"


def _got(value: object, loc: Loc) -> str:
    """The wrong value; where it may hold a password only its kind."""
    if "source" in loc or loc[:1] == ("store",):
        return "a text" if isinstance(value, str) else "a number" if isinstance(value, (int, float)) else shown(value)
    return shown(value)


def known_keys(root: type[BaseModel], loc: Loc) -> list[str]:
    """Returns the keys that the schema knows under a key of the file.

    >>> from passerby.config.site import Site
    >>> known_keys(Site, ("site",))
    ['name', 'time_zone']
    """
    hint: Any = root
    for part in loc:
        hint = _step(hint, part)
    hint = bare_annotation(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [field.alias or name for name, field in hint.model_fields.items()]
    return []


def tags_at(root: type[BaseModel], loc: Loc) -> list[str]:
    """Returns the kinds that a value under a key of the file may be of; none where it has no kinds."""
    hint: Any = root
    for part in loc:
        hint = _step(hint, part)
    return [tag for tag, _ in _kinds(bare_annotation(hint))]


def place_in_file(root: type[BaseModel], loc: Loc) -> Loc:
    """Returns where in the file an error is: pydantic names the kind of a value, too, between its keys."""
    hint: Any = root
    kept: list[str | int] = []
    for part in loc:
        if not _kinds(bare_annotation(hint)):
            kept.append(part)
        hint = _step(hint, part)
    return tuple(kept)


def _step(hint: Any, part: str | int) -> Any:
    """The annotation one key further down; None where the schema ends."""
    hint = bare_annotation(hint)
    if kinds := _kinds(hint):
        return dict(kinds).get(str(part))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {field.alias or name: field.annotation for name, field in hint.model_fields.items()}.get(str(part))
    return get_args(hint)[-1 if get_origin(hint) is not tuple else 0] if get_args(hint) else None


def _kinds(hint: Any) -> list[tuple[str, type[BaseModel]]]:
    """The models of a union, each with its word for `kind`; empty for all else."""
    if get_origin(hint) not in (Union, UnionType):
        return []
    return [(get_args(model.model_fields["kind"].annotation)[0], model) for model in get_args(hint)]


def bare_annotation(annotation: Any) -> Any:
    """Returns the annotation without Annotated and without `| None`; a union of models of several kinds stays."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        if get_origin(annotation) is not Annotated and len(parts) > 1:
            break
        annotation = parts[0]
    return annotation
