"""One finding of `passerby doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and how it is.

    Attributes:
        name: what was looked at.
        verdict: `fail` keeps the service from running, `warn` weakens it.
        why: what was found, in one sentence.
        do: what to do about it; empty when nothing is to be done.
    """

    name: str
    verdict: Verdict
    why: str
    do: str = ""


def ok(name: str, why: str) -> Finding:
    """All is well."""
    return Finding(name, Verdict.OK, why)


def warn(name: str, why: str, do: str) -> Finding:
    """It works, but less well."""
    return Finding(name, Verdict.WARN, why, do)


def fail(name: str, why: str, do: str) -> Finding:
    """It does not work."""
    return Finding(name, Verdict.FAIL, why, do)
