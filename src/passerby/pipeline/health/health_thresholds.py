"""When a measurement of the picture makes a state of the camera, and the sentence that explains it."""

from dataclasses import dataclass

from passerby.domain.health import CameraState, Displacement, ImageQuality


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a measurement must be past its limit.

    Attributes:
        enter_s: seconds without a break until the state begins.
        leave_s: seconds without it until the state ends.
    """

    enter_s: float
    leave_s: float


@dataclass(frozen=True, slots=True)
class HealthThresholds:
    """The limits that the image quality is compared with; each state begins at one and ends at a milder one.

    Attributes:
        dark, dark_ends: brightness, 0-255, below and above.
        covered, covered_ends: share of the picture's texture that is gone, above and below.
        defocused, defocused_ends: sharpness, 1 as learned, below and above.
        displaced, displaced_ends: share of the width that the farthest moved point has moved, above and below.
        unrecognised, recognised: share of the view that is found again, below and above.
        unexplained, unexplained_ends: share of what moves steadily that is not detected, above and below.
        dark_hold, covered_hold, defocused_hold, displaced_hold, unrecognised_hold, unexplained_hold: how long each must
            last.
        gap_s: longer without a frame, and what was lasting starts anew.
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
    unexplained: float = 0.3
    unexplained_ends: float = 0.2
    dark_hold: Hold = Hold(10.0, 10.0)
    covered_hold: Hold = Hold(15.0, 10.0)
    defocused_hold: Hold = Hold(30.0, 20.0)
    displaced_hold: Hold = Hold(10.0, 60.0)
    unrecognised_hold: Hold = Hold(30.0, 60.0)
    unexplained_hold: Hold = Hold(30.0, 120.0)
    gap_s: float = 10.0
    report_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """One measurement compared with its limits in one frame.

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


def dark(quality: ImageQuality, limits: HealthThresholds) -> Assessment:
    """Too dark to see anyone."""
    why = f"The picture is dark: brightness {quality.brightness:.0f} of 255, limit {limits.dark:.0f}."
    value = quality.brightness
    return Assessment(value < limits.dark, value > limits.dark_ends, why, value, limits.dark)


def covered(quality: ImageQuality, limits: HealthThresholds) -> Assessment | None:
    """What is usually seen is gone: something is in front of the lens, or dense fog."""
    if quality.blank is None:
        return None
    why = (
        f"{quality.blank:.0%} of what the picture usually shows is gone, limit {limits.covered:.0%}: "
        "the lens is covered or dirty, or fog is dense."
    )
    return Assessment(
        quality.blank > limits.covered, quality.blank < limits.covered_ends, why, quality.blank, limits.covered
    )


def defocused(quality: ImageQuality, limits: HealthThresholds) -> Assessment | None:
    """Fine detail is missing while coarse structure is there."""
    if quality.sharpness is None:
        return None
    why = (
        f"The picture is out of focus: {quality.sharpness:.0%} of its usual fine detail, limit {limits.defocused:.0%}. "
        "Clean and focus the lens."
    )
    value = quality.sharpness
    return Assessment(value < limits.defocused, value > limits.defocused_ends, why, value, limits.defocused)


def displaced(quality: ImageQuality, limits: HealthThresholds) -> Assessment | None:
    """The view is found, but not where it was."""
    if quality.recognised is None or quality.displacement is None:
        return None
    largest = quality.displacement.largest
    why = (
        f"The camera has moved: its view lies up to {largest:.1%} of the picture's width from where it was "
        f"({described(quality.displacement)}), limit {limits.displaced:.1%}. Check lines and zones, then confirm "
        "the view."
    )
    clear = largest < limits.displaced_ends and quality.recognised > limits.unrecognised
    return Assessment(largest > limits.displaced, clear, why, largest, limits.displaced)


def unrecognised(quality: ImageQuality, limits: HealthThresholds) -> Assessment | None:
    """Hardly anything of the view is found."""
    if quality.recognised is None:
        return None
    why = (
        f"The camera has moved, or its view has changed: {quality.recognised:.0%} of it is found again, "
        f"limit {limits.unrecognised:.0%}. Check lines and zones, then confirm the view."
    )
    lost = quality.displacement is None or quality.recognised < limits.unrecognised
    clear = quality.displacement is not None and quality.recognised > limits.recognised
    return Assessment(lost, clear, why, quality.recognised, limits.unrecognised)


def unexplained(share: float, limits: HealthThresholds) -> Assessment:
    """Much moves like a road user and is not detected."""
    why = (
        f"The camera sees badly: {share:.0%} of what moves steadily is not recognised, limit {limits.unexplained:.0%}. "
        "It is counted by its motion, mostly without a class; rain, haze, dusk or a steep view may be the cause."
    )
    return Assessment(share > limits.unexplained, share < limits.unexplained_ends, why, share, limits.unexplained)


def described(displacement: Displacement) -> str:
    """Returns a displacement in words, without its smallest parts."""
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


STATES = (
    CameraState.MOVED,
    CameraState.DARK,
    CameraState.COVERED,
    CameraState.DEFOCUSED,
    CameraState.SEES_BADLY,
)
"""States that are measured in the picture, the most urgent first: lines of a moved camera stay wrong at night."""
