"""Cases: objections and questions of the public, readable by the privacy officer alone."""

from dataclasses import dataclass
from enum import StrEnum


class CaseKind(StrEnum):
    """What a person asks for."""

    QUESTION = "question"
    OBJECTION = "objection"
    """GDPR Art. 21."""
    RIGHTS = "rights"
    """Access, correction or erasure (GDPR Art. 15 to 18)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case; what the person wrote is encrypted, and nothing here says who that is.

    Attributes:
        number: of the case; 0 until it is stored.
        reference_sha256: hash of the reference that the person was given, 64 hexadecimal digits.
        kind: what is asked for.
        time_ns: UTC nanoseconds at which it came.
        due_ns: UTC nanoseconds by which it is to be answered.
        box: what the person wrote, encrypted for the privacy officer.
        answered_ns: UTC nanoseconds at which it was answered; None while it is open.
        answer: the answer, encrypted with a key that only the reference gives; None while it is open.
    """

    number: int
    reference_sha256: str
    kind: CaseKind
    time_ns: int
    due_ns: int
    box: bytes
    answered_ns: int | None = None
    answer: bytes | None = None

    def overdue(self, now_ns: int) -> bool:
        """Returns whether it is open past its deadline."""
        return self.answered_ns is None and now_ns > self.due_ns
