"""One finding of `passerby doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        name: what was checked.
        outcome: `fail` keeps the service from running, `warn` weakens it.
        why: what was found, in one sentence.
        do: what to do about it; empty when nothing is to be done.
    """

    name: str
    outcome: Outcome
    why: str
    do: str = ""


def ok(name: str, why: str) -> Finding:
    """Returns the finding that all is well."""
    return Finding(name, Outcome.OK, why)


def warn(name: str, why: str, do: str) -> Finding:
    """Returns the finding that something works, but less well."""
    return Finding(name, Outcome.WARN, why, do)


def fail(name: str, why: str, do: str) -> Finding:
    """Returns the finding that something does not work."""
    return Finding(name, Outcome.FAIL, why, do)
