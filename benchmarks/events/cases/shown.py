"""Shows films to a rule: the events that it makes of them, and the threshold that a camera's count calls for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from benchmarks.events.truth import Case
from benchmarks.events.world import Floats, event_frame, found_tracks, true_tracks
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.domain.tracks import Tracks
from passerby.events.event_rules import EventRules
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings

LEAST_COUNTED = 5.0
"""Fewer people say nothing of how many a camera counts."""

SILENT = 1e-6
"""A threshold that every value is past, so that all of them are known."""

_NUMBER = RuleKind.OVERCROWDING
_CALIBRATED = {
    RuleKind.OVERCROWDING: _NUMBER,
    RuleKind.DENSEST_AREA: RuleKind.DENSEST_AREA,
    RuleKind.CROWD_RISING: _NUMBER,
}
"""By the values of which kind a camera's count is known: a rise is smaller by as much as a number is."""


def raised(rule: EventRule, layout: Layout, film: Iterable[Tracks]) -> list[PlaceEvent]:
    """Returns the first report of each event that a rule makes of a film."""
    first: dict[str, PlaceEvent] = {}
    for _, events in _shown(rule, layout, film):
        for event in events:
            first.setdefault(event.event_id, event)
    return list(first.values())


def counted_rule(case: Case) -> EventRule | None:
    """Returns a case's rule as whoever knows the camera sets it; None where nothing can be said of its count.

    The rule runs silently on another film of the place, where somebody counts the people: the threshold is taken times
    what it showed over what was there.
    """
    if case.counted_on is None:
        return case.rule
    silent, counting = (
        replace(case.rule, kind=kind, unit=unit, threshold=SILENT)
        for kind, unit in ((_CALIBRATED[case.rule.kind], case.rule.unit.replace("/min", "1")), (_NUMBER, "1"))
    )
    films = true_tracks, found_tracks
    if _usual(counting, case.layout, true_tracks(case.counted_on)) < LEAST_COUNTED:
        return None
    there, shown = (_usual(silent, case.layout, film(case.counted_on)) for film in films)
    return replace(case.rule, threshold=case.rule.threshold * shown / there) if there * shown > 0 else None


def _usual(rule: EventRule, layout: Layout, film: Iterable[Tracks]) -> float:
    """The median of a rule's values; the first seconds, in which tracks are not confirmed yet, hardly move it."""
    values: Floats = np.array([value for value, _ in _shown(rule, layout, film) if value is not None])
    return float(np.median(values)) if len(values) else 0.0


def _shown(
    rule: EventRule, layout: Layout, film: Iterable[Tracks]
) -> Iterator[tuple[float | None, tuple[PlaceEvent, ...]]]:
    """Returns the rule's value, and the events that changed, frame by frame."""
    settings = MeasureSettings(report_interval_s=None)
    measures = CameraMeasures(
        "camera", layout.lines, (), layout.zones, layout.ground, settings, near_misses=layout.near_misses
    )
    rules = EventRules("camera", [rule], layout)
    if rules.unwatched:
        raise ValueError(f"{rule}: {rules.unwatched}")
    for tracks in film:
        events = rules.update(event_frame(tracks, measures.update(tracks)))
        yield rules.values[rule.name], events
