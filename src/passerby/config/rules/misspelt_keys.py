"""Keys of a site file that are spelt wrongly: each is one fault, and what follows from it alone is not reported."""

import difflib
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from passerby.config.document import Document, keys_in
from passerby.config.validation import Fault, Loc, faults_of, known_keys, place_in_file
from passerby.config.values import Keys

Model = TypeVar("Model", bound=Keys)
Rules = Callable[[Document], list[Fault]]
"""Returns what keys demand of one another."""

_ROUNDS = 6
"""A misspelt key hides those inside it; the deepest key of a site file lies some levels below the first."""
_NEAR = 0.75
"""`lins` is nearly `lines`; at less than this, a key may as well be meant for something else."""


def typed(document: Document, model: type[Model], rules: Rules) -> tuple[Model | None, list[Fault]]:
    """Returns the typed keys, and the faults of the YAML, the types and the rules; no keys where the types have one.

    A key that is nearly one that is known and missing beside it is read as that one once it is reported. So the lines
    that `lins` holds are still there for the movements that name them.

    Args:
        document: the file.
        model: the schema.
        rules: returns what keys demand of one another.
    """
    keys, faults, misspelt = _round(document, model, rules)
    found: list[Fault] = []
    for _ in range(_ROUNDS):
        if not misspelt:
            break
        found += [fault for fault, _ in misspelt.values()]
        document = document.renamed({loc: str(meant[-1]) for meant, (_, loc) in misspelt.items()})
        _, faults, misspelt = _round(document, model, rules)
        keys = None
    return keys, [*found, *faults]


def _round(
    document: Document, model: type[Model], rules: Rules
) -> tuple[Model | None, list[Fault], dict[Loc, tuple[Fault, Loc]]]:
    """The keys, all faults, and those of them that are misspelt keys: by the key that is meant, and where each is."""
    faults = [*document.faults, *rules(document)]
    try:
        return model.model_validate(document.value), faults, {}
    except ValidationError as error:
        known = {(fault.line, fault.key) for fault in faults}
        of_types = faults_of(error, document.line, model)
        faults += [fault for fault in of_types if (fault.line, fault.key) not in known]
        misspelt: dict[Loc, tuple[Fault, Loc]] = {}
        for details, fault in zip(error.errors(include_url=False), of_types, strict=True):
            # A key that a rule speaks of is understood there, such as a threshold in a wrong unit.
            if details["type"] == "extra_forbidden" and (fault.line, fault.key) not in known:
                parts = tuple(part for part in details["loc"] if part != "[key]")
                loc = place_in_file(model, parts)
                name = _meant(str(parts[-1]), known_keys(model, parts[:-1]), _beside(document, loc))
                if name:
                    misspelt.setdefault((*loc[:-1], name), (fault, loc))
        return None, faults, misspelt


def _beside(document: Document, loc: Loc) -> Mapping[str, object]:
    """The mapping that a key is in."""
    value: object = document.value
    for part in loc[:-1]:
        value = value[part] if isinstance(part, int) and isinstance(value, tuple) else keys_in(value).get(str(part))
    return keys_in(value)


def _meant(wrong: str, known: list[str], beside: Mapping[str, object]) -> str:
    """The one known key that a wrong one is nearly and that is missing beside it; empty where there is none."""
    missing = [key for key in known if key not in beside]
    return next(iter(difflib.get_close_matches(wrong.casefold()[:100], missing, n=1, cutoff=_NEAR)), "")
