"""Place-safety events as JSON: one as it stands, and those of a recording."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from passerby.domain.place_events import PlaceEvent
from passerby.domain.report import CountReport
from passerby.text import figure, iso_time, share_figure
from passerby.units import NS_PER_S

_SAME = ("camera", "rule", "kind", "place", "severity", "state", "value", "peak", "threshold", "unit", "at_least")


def event_row(event: PlaceEvent, zone: tzinfo = UTC) -> dict[str, Any]:
    """Returns an event as it stands, without its values over time, as the API lists it and notices carry it.

    Args:
        event: the event.
        zone: the time zone that times are written in.
    """
    return {
        "id": event.event_id,
        **{name: getattr(event, name) for name in (*_SAME, "why", "silent")},
        "value": figure(event.value),
        "peak": figure(event.peak),
        "confidence": figure(event.confidence),
        "coverage": share_figure(event.coverage),
        "group": event.group_id,
        "start": iso_time(event.start_ns, zone),
        "raised": iso_time(event.raised_ns, zone),
        "updated": iso_time(event.updated_ns, zone),
        "end": None if event.end_ns is None else iso_time(event.end_ns, zone),
        "service_levels": _service_levels(event),
    }


def _service_levels(event: PlaceEvent) -> dict[str, str] | None:
    levels = event.service_levels
    return None if levels is None else {"walkway": levels.walkway, "queue": levels.queue}


def events_document(
    report: CountReport,
    events: Iterable[PlaceEvent],
    watched: Iterable[str],
    not_watched: Mapping[str, str],
    zone: tzinfo | None,
) -> dict[str, Any]:
    """Returns the document of a replay; `*_s` of an event count from the recording's beginning.

    Args:
        report: what was counted beside.
        events: in the order in which they were raised.
        watched: names of the rules that were watched.
        not_watched: the other rules, each with the reason.
        zone: the site's time zone; None where it is not known when the recording began.
    """
    return {
        "camera": report.camera_id,
        "source": report.source,
        "start": None if zone is None else _iso(report.start_ns, zone),
        "duration_s": figure(report.duration_s),
        "coverage": share_figure(report.coverage),
        "losses": list(report.losses),
        "isolation": {"level": report.isolation.level, "missing": list(report.isolation.missing)},
        "watched": list(watched),
        "not_watched": [{"rule": rule, "why": why} for rule, why in not_watched.items()],
        "events": [_event(event, report.start_ns, zone) for event in events],
    }


def _event(event: PlaceEvent, start_ns: int, zone: tzinfo | None) -> dict[str, Any]:
    def into_s(time_ns: int) -> float:
        return round((time_ns - start_ns) / NS_PER_S, 3)

    return {
        "id": event.event_id,
        "rule": event.rule,
        "kind": event.kind.value,
        "place": event.place,
        "severity": event.severity.value,
        "state": event.state.value,
        "start": None if zone is None else _iso(event.start_ns, zone),
        "start_s": into_s(event.start_ns),
        "raised_s": into_s(event.raised_ns),
        "end_s": None if event.end_ns is None else into_s(event.end_ns),
        "lasted_s": round(event.lasted_s, 3),
        "value": figure(event.value),
        "peak": figure(event.peak),
        "threshold": event.threshold,
        "unit": event.unit,
        "at_least": event.at_least,
        "service_levels": _service_levels(event),
        "samples": [{"time_s": into_s(each.time_ns), "value": figure(each.value)} for each in event.samples],
        "confidence": figure(event.confidence),
        "coverage": share_figure(event.coverage),
        "why": event.why,
    }


def _iso(time_ns: int, zone: tzinfo) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_ns // 1000)
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
