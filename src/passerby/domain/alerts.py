"""An event at a line or zone that needs attention, with the exact reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule's measured value went past its threshold.

    Attributes:
        camera: the camera's name.
        rule: the rule that was broken.
        place: the line or zone that it was watched at.
        time_ns: UTC nanoseconds at which the threshold was passed.
        value: what was measured, in `unit`.
        threshold: what it was compared with, in `unit`.
        unit: UCUM-like unit of both.
        why: one sentence for a person.
    """

    camera: str
    rule: str
    place: str
    time_ns: int
    value: float
    threshold: float
    unit: str
    why: str
