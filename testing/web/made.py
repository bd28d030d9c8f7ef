"""A site, what is measured and shown of it, and its events."""

from dataclasses import replace
from typing import Any

import numpy as np

from passerby.domain.event_rules import RuleKind
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.place_events import EventState, PlaceEvent, event_id_of, momentary
from passerby.domain.preview import Preview
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from testing.trial_service.site_register import registration, site_record

NS_PER_S = 1_000_000_000
NOW_S = 1_790_589_600
"""2026-09-28 10:00 UTC, a Monday; noon in Berlin."""
MIDNIGHT_S = NOW_S - 12 * 3600

CANARY = "K4nar1enV0gel"
HOST = "127.0.0.1:8642"

SITE = """\
# The market
site:
  name: Market square
  time_zone: Europe/Berlin
store: {url: "********"}
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: "********"}   # north mast
  gate:
    source:
      http: http://10.0.0.8/video
      password_from: GATE_PASSWORD
"""


def camera_plan(name: str = "square") -> CameraPlan:
    line = Line(
        "west gate",
        np.array([[0.27, 0.36], [0.25, 0.48]], np.float32),
        frozenset({RoadUser.PEDESTRIAN, RoadUser.BICYCLE}),
        "out",
        "in",
    )
    zone = Zone("benches", np.array([[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]], np.float32))
    movement = Movement("turn", "west gate", "forward", "west gate", "backward")
    source = CameraSource(SourceKind.RTSP, "10.0.0.7", 554, "/stream?pwd=" + CANARY, "viewer", CANARY)
    layout = Layout((line,), (zone,), (movement,), None)
    return CameraPlan(name, source, layout, registration=registration(), groups=("centre",))


def site_plan() -> SitePlan:
    cameras = (camera_plan("square"), camera_plan("gate"))
    return SitePlan("Market square", "Europe/Berlin", cameras, record=site_record())


def observation(start_s: float = MIDNIGHT_S, value: float | None = 1.0, **changes: Any) -> Observation:
    fields: dict[str, Any] = {
        "camera": "square",
        "series": "west gate",
        "quantity": Quantity.FLOW,
        "road_user": RoadUser.PEDESTRIAN,
        "direction": "forward",
        "start_ns": round(start_s * NS_PER_S),
        "length_s": 60,
        "value": value,
        "count": int(value or 0),
        "coverage": 1.0,
    }
    return Observation(**{**fields, **changes})


def health_report(camera: str = "square", state: CameraState = CameraState.ONLINE, **changes: Any) -> CameraHealth:
    fields: dict[str, Any] = {"time_ns": NOW_S * NS_PER_S, "since_ns": (NOW_S - 60) * NS_PER_S, "why": "5 frames/s"}
    return CameraHealth(camera=camera, state=state, **{**fields, **changes})


def preview(number: int = 0, jpeg_bytes: int = 100, camera: str = "square") -> Preview:
    return Preview(
        camera,
        (NOW_S + number) * NS_PER_S,
        (640, 360),
        np.full(jpeg_bytes, number % 256, np.uint8),
        "redrawn",
        "",
        0.5,
        np.array([[0.1, 0.2, 0.3, 0.4]], np.float32),
        np.array([0], np.int16),
    )


def place_event(camera: str = "square", rule: str = "crowded", start_ns: int = 0, **changes: Any) -> PlaceEvent:
    """An event that was over at once; `changes` are of its fields."""
    kind, why = RuleKind.OVERCROWDING, "2.5 persons/m² in benches, 2 are the limit."
    made = momentary(camera, rule, kind, "benches", start_ns, 2.5, 2.0, "m-2", why)
    return replace(made, **changes)


def open_event(camera: str, rule: str, start_ns: int, after_s: float = 10.0, **changes: Any) -> PlaceEvent:
    """An event that goes on, reported so many seconds after its start."""
    now_ns = start_ns + round(after_s * NS_PER_S)
    times: dict[str, Any] = {"raised_ns": start_ns + NS_PER_S, "updated_ns": now_ns, "end_ns": None}
    return place_event(camera, rule, start_ns, state=EventState.OPEN, **{**times, **changes})


def closed(event: PlaceEvent, after_s: float = 60.0) -> PlaceEvent:
    """The last report of an event."""
    end_ns = event.start_ns + round(after_s * NS_PER_S)
    assert event.event_id == event_id_of(event.camera, event.rule, event.start_ns)
    return replace(event, state=EventState.CLOSED, updated_ns=end_ns, end_ns=end_ns)
