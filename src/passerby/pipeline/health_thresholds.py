"""When a sign in the picture makes a state, and the sentence that explains it."""

from dataclasses import dataclass

from passerby.domain.health import CameraState, Displacement, ImageQuality


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a sign must last.

    Attributes:
        enter_s: seconds without a break until the state begins.
        leave_s: seconds without it until the state ends.
    """

    enter_s: float
    leave_s: float


@dataclass(frozen=True, slots=True)
class HealthThresholds:
    """The limits that the signs are compared with; each state begins at one and ends at a milder one.

    Attributes:
        dark, dark_ends: brightness, 0-255, below and above.
        covered, covered_ends: share of the picture's texture that is gone, above and below.
        defocused, defocused_ends: sharpness, 1 as learned, below and above.
        displaced, displaced_ends: share of the width that the farthest moved point has moved, above and below.
        unrecognised, recognised: share of the view that is found again, below and above.
        dark_hold, covered_hold, defocused_hold, displaced_hold, unrecognised_hold: how long each must last.
        gap_s: longer without a look, and what was lasting starts anew.
        report_s: a report is due after so long without any change.
    """

    dark: float = 30.0
    dark_ends: float = 40.0
    covered: float = 0.45
    covered_ends: float = 0.3
    defocused: float = 0.62
    defocused_ends: float = 0.72
    displaced: float = 0.008
    displaced_ends: float = 0.005
    unrecognised: float = 0.15
    recognised: float = 0.3
    dark_hold: Hold = Hold(10.0, 10.0)
    covered_hold: Hold = Hold(15.0, 10.0)
    defocused_hold: Hold = Hold(30.0, 20.0)
    displaced_hold: Hold = Hold(10.0, 60.0)
    unrecognised_hold: Hold = Hold(30.0, 60.0)
    gap_s: float = 10.0
    report_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sign held against its limits at one look.

    Attributes:
        beyond: it is past the limit at which the state begins.
        clear: it is past the limit at which the state ends.
        why, measured, threshold: as in a report.
    """

    beyond: bool
    clear: bool
    why: str
    measured: float
    threshold: float


def dark(signs: ImageQuality, limits: HealthThresholds) -> Verdict:
    """Too dark to see anybody."""
    why = f"The picture is dark: brightness {signs.brightness:.0f} of 255, limit {limits.dark:.0f}."
    value = signs.brightness
    return Verdict(value < limits.dark, value > limits.dark_ends, why, value, limits.dark)


def covered(signs: ImageQuality, limits: HealthThresholds) -> Verdict | None:
    """What is usually seen is gone: something is in front of the lens, or dense fog."""
    if signs.blank is None:
        return None
    why = (
        f"{signs.blank:.0%} of what the picture usually shows is gone, limit {limits.covered:.0%}: "
        "the lens is covered or dirty, or fog is dense."
    )
    return Verdict(signs.blank > limits.covered, signs.blank < limits.covered_ends, why, signs.blank, limits.covered)


def defocused(signs: ImageQuality, limits: HealthThresholds) -> Verdict | None:
    """Fine detail is missing while coarse structure is there."""
    if signs.sharpness is None:
        return None
    why = (
        f"The picture is out of focus: {signs.sharpness:.0%} of its usual fine detail, limit {limits.defocused:.0%}. "
        "Clean and focus the lens."
    )
    value = signs.sharpness
    return Verdict(value < limits.defocused, value > limits.defocused_ends, why, value, limits.defocused)


def displaced(signs: ImageQuality, limits: HealthThresholds) -> Verdict | None:
    """The view is found, but not where it was."""
    if signs.recognised is None or signs.displacement is None:
        return None
    largest = signs.displacement.largest
    why = (
        f"The camera has moved: its view lies up to {largest:.1%} of the picture's width from where it was "
        f"({told(signs.displacement)}), limit {limits.displaced:.1%}. Check lines and zones, then confirm the view."
    )
    clear = largest < limits.displaced_ends and signs.recognised > limits.unrecognised
    return Verdict(largest > limits.displaced, clear, why, largest, limits.displaced)


def unrecognised(signs: ImageQuality, limits: HealthThresholds) -> Verdict | None:
    """Hardly anything of the view is found."""
    if signs.recognised is None:
        return None
    why = (
        f"The camera has moved, or its view has changed: {signs.recognised:.0%} of it is found again, "
        f"limit {limits.unrecognised:.0%}. Check lines and zones, then confirm the view."
    )
    lost = signs.displacement is None or signs.recognised < limits.unrecognised
    clear = signs.displacement is not None and signs.recognised > limits.recognised
    return Verdict(lost, clear, why, signs.recognised, limits.unrecognised)


def told(displacement: Displacement) -> str:
    """A movement in words, without its smallest parts."""
    parts = []
    for value, ahead, back in ((displacement.right, "right", "left"), (displacement.down, "down", "up")):
        if abs(value) >= 0.002:
            parts.append(f"{abs(value):.1%} {ahead if value > 0 else back}")
    if abs(displacement.turn_deg) >= 0.2:
        parts.append(
            f"turned by {abs(displacement.turn_deg):.1f}° {'' if displacement.turn_deg > 0 else 'anti'}clockwise"
        )
    if abs(displacement.zoom) >= 0.005:
        parts.append(f"{abs(displacement.zoom):.1%} {'larger' if displacement.zoom > 0 else 'smaller'}")
    return ", ".join(parts) or "a little"


STATES = (CameraState.MOVED, CameraState.DARK, CameraState.COVERED, CameraState.DEFOCUSED)
"""States that a look at the picture tells, the most urgent first: lines of a moved camera stay wrong at night."""
