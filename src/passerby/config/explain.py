"""What pydantic found, in the words of somebody who writes a site file."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from passerby.config.document import Document
from passerby.config.faults import Fault, Loc, dotted, shown, suggestion

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


def explained(error: ValidationError, document: Document, root: type[BaseModel]) -> list[Fault]:
    """Every error of one validation as a fault with its line and key."""
    faults = []
    for details in error.errors(include_url=False):
        loc = tuple(part for part in details["loc"] if part != "[key]")
        faults.append(Fault(document.line(loc), dotted(loc), _text(details, loc, root)))
    return faults


def _text(details: ErrorDetails, loc: Loc, root: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "passerby":
        return details["msg"]
    if kind == "extra_forbidden":
        return f"unknown key. {suggestion(str(loc[-1]), known_keys(root, loc[:-1]))}"
    if kind == "missing":
        return f"this key is needed: {_EXAMPLES.get(str(loc[-1]), str(loc[-1]))}"
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
    """The wrong value; where somebody may have put a password only its kind."""
    if "source" in loc or loc[:1] == ("store",):
        return "a text" if isinstance(value, str) else "a number" if isinstance(value, (int, float)) else shown(value)
    return shown(value)


def known_keys(root: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the schema knows at a place of the file.

    >>> from passerby.config.site import Site
    >>> known_keys(Site, ("site",))
    ['name', 'time_zone']
    """
    place: Any = root
    for part in loc:
        place = bare_annotation(place)
        if isinstance(place, type) and issubclass(place, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in place.model_fields.items()}
            place = fields.get(str(part))
        else:
            place = get_args(place)[-1 if get_origin(place) is not tuple else 0] if get_args(place) else None
    place = bare_annotation(place)
    if isinstance(place, type) and issubclass(place, BaseModel):
        return [field.alias or name for name, field in place.model_fields.items()]
    return []


def bare_annotation(annotation: Any) -> Any:
    """The annotation without Annotated and without `| None`."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        annotation = parts[0]
    return annotation
