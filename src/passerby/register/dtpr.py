"""A camera in the words of DTPR (Digital Trust for Places and Routines, dtpr.io; taxonomy CC BY 4.0)."""

from collections.abc import Mapping
from typing import Final

from passerby.register.published.document import RecordPart

_PURPOSES: Final[Mapping[str, str]] = {
    "mobility_planning": "mobility",
    "public_space_planning": "planning_decision_making",
    "traffic_statistics": "mobility",
    "road_safety_study": "safety_security",
    "crowd_safety": "safety_security",
    "traffic_hazards": "safety_security",
}


def elements_of(record: RecordPart) -> dict[str, tuple[str, ...]]:
    """Returns DTPR's category -> the words of it that hold for a camera.

    A lens of a street camera can resolve faces, so that `non_identifiable_video` is never one of them.
    """
    kept = ("data_retained",) if record.tiers.event_replays != "off" else ("no_data_retained", "data_retained")
    access = ["available_to_the_accountable_organization", "not_available_to_vendor"]
    if record.recipients:
        access.insert(1, "available_to_recipients")
    return {
        "purpose": tuple(dict.fromkeys(_PURPOSES[each] for each in record.purposes)),
        "tech": ("video_camera", "person_detection", "de_identified_video"),
        "process": ("computer_vision", "de_identified", "aggregated"),
        "data": ("values_time",),
        "storage": ("stored_locally",),
        "access": tuple(access),
        "retention": kept,
    }
