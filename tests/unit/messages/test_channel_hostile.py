"""Every message of every link, as an attacker would send it: it is whole and within limits, or refused."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.event_rules import EventRule, Profile, RuleKind, WeeklyHours
from passerby.domain.film import Concealment, FilmReport
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.layout import Layout
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.observations import Observation, Quantity
from passerby.domain.place_events import EventState, PlaceEvent, Sample, event_id_of
from passerby.domain.preview import Preview
from passerby.domain.progress import Progress
from passerby.domain.road_user import RoadUser
from passerby.messages import hub_messages as hub
from passerby.messages import live_requests as live
from passerby.messages import sandbox_messages as sandbox
from passerby.messages import sandbox_orders as orders
from passerby.messages import supervision_messages as supervision
from passerby.messages.channel import HEAD, Channel, StreamEndError
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of
from testing.reports import market_square
from testing.web.made import closed, open_event

TIME_NS = 1_700_000_040_000_000_000
STAMP = FrameStamp("square", 3, TIME_NS, 0.3, (64, 48))
IMAGE = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
JPEG = np.frombuffer(bytes(cv2.imencode(".jpg", IMAGE)[1]), np.uint8)
ROWS = columns_of(
    [Observation("square", "gate", Quantity.FLOW, RoadUser.BICYCLE, "forward", TIME_NS, 60, 3.0, 3, 0.5, 0.1)]
)
HEALTH = CameraHealth("square", TIME_NS, CameraState.ONLINE, TIME_NS, "pictures come", 1.0, 2.0, 3, 0, 0, 4.0, 5.0)
PREVIEW = Preview(
    "square", TIME_NS, (64, 48), JPEG, "masked", "dark", 0.5, np.full((2, 4), 0.5, np.float32), np.zeros(2, np.int16)
)

EVENT = open_event("square", "crowded", TIME_NS)
PLAN = orders.CountPlan(
    Path("a.mp4"), "square", Layout((), (), (), None, NearMissMeasure(movements=("left",))),
    rules=(EventRule("crowded", RuleKind.OVERCROWDING, "gate", 4, "1", hours=(WeeklyHours(frozenset({4}), 0, 9),)),),
    profiles=(Profile("market", dates=frozenset({"2026-12-24"})),), switched_on=frozenset({"market"}),
)  # fmt: skip

SAMPLES: list[tuple[str, Channel[Any], Any]] = [
    *(("from a sandbox", sandbox.FROM_SANDBOX, message) for message in (
        Progress(1.0, 2.0, 3), sandbox.FilmOpened(25.0), AnonymousFrame(STAMP, IMAGE, "redrawn"), market_square(),
        FilmReport(5, {"dark": 2}, 0.5, 1, 2.5, 3.5, Concealment(3, 1.0, 0.75, 0.5), None), Isolation(2, ("no",)),
        sandbox.StageSeconds({"detect": 1.0}), sandbox.Failure("SourceError", "no such file"),
        sandbox.Minutes(ROWS, ROWS, TIME_NS), HEALTH, PREVIEW,
        sandbox.ViewMemory(np.ones((36, 64, 2), np.int8), False), sandbox.EventReports((EVENT, closed(EVENT))),
    )),
    *(("to the hub", hub.TO_HUB, message) for message in (
        hub.WorkerCameras("worker-1", ("square",)), hub.CameraIsolation("square", Isolation(3, ())),
        hub.Delivery(1, ROWS, (HEALTH,), (hub.Alert("square", "rule", "gate", TIME_NS, 1.0, 2.0, "1", "why"),)),
        hub.OpenMinutes("square", ROWS), hub.NewestHealth(HEALTH), PREVIEW,
        hub.EventDelivery(1, (EVENT, closed(EVENT))),
    )),
    *(("to a worker", hub.TO_WORKER, message) for message in (
        hub.Acknowledged(1), live.PreviewWanted("square", True), live.ViewConfirmed("square"), hub.EventsStored(2),
        live.LivePace(20.0),
    )),
    *(("to the supervisor", supervision.TO_SUPERVISOR, message) for message in (
        supervision.AppliedConfiguration(("square",), 8), supervision.OneTimeLink("http://x"),
        supervision.HubStatus((HEALTH,), "", ""), supervision.WorkerStatus(3),
    )),
    ("from the supervisor", supervision.FROM_SUPERVISOR, supervision.AssignedCameras(("square",))),
    ("to a sandbox", orders.TO_SANDBOX, orders.Stop()), ("to a sandbox", orders.TO_SANDBOX, PLAN),
]  # fmt: skip
IDS = [f"{link}: {type(message).__name__}" for link, _, message in SAMPLES]
every_message = pytest.mark.parametrize(("link", "channel", "message"), SAMPLES, ids=IDS)


def parts(channel: Channel[Any], message: Any) -> tuple[bytes, Any, bytes]:
    head, text, *arrays = map(bytes, channel.encode(message))
    return head, json.loads(text), b"".join(arrays)


def received(channel: Channel[Any], head: bytes, plain: str, arrays: bytes) -> Any:
    """What comes of the bytes; None where they are refused as they should be, and any other error is a failure."""
    mark, version, kind, _, _ = HEAD.unpack(head)
    text = plain.encode("ascii", "backslashreplace")
    sent = HEAD.pack(mark, version, kind, len(text), len(arrays)) + text + arrays
    try:
        return channel.receive(io.BytesIO(sent))
    except (CodecError, StreamEndError):
        return None


ABSURD = [
    "9" * 400, "-" + "9" * 400, "1e400", "NaN", "Infinity", "-Infinity", str(2**63), str(-(2**63) - 1), "1e308", "-1",
    '"\\ud800"', '"' + "x" * 100_000 + '"', "[" * 5000 + "]" * 5000, '{"a":' * 500 + "1" + "}" * 500, "null", "true",
    "[]", "{}", json.dumps([1] * 70), json.dumps([2**62, 2**62]), json.dumps([0, 2**70]), json.dumps([-1, -1]), "[[]]",
    '"/etc/passwd"', "0.5",
]  # fmt: skip


def places(plain: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value in a message."""
    found = [way]
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain[:3]) if isinstance(plain, list) else ()
    for key, value in inner:
        found += places(value, (*way, key))
    return found


def changed(plain: Any, way: tuple[Any, ...], value: str) -> str:
    """The message as JSON, with another value at a place; the value is written as it is, also where it is no JSON."""
    if not way:
        return value
    marker = "\x00here\x00"
    copy = json.loads(json.dumps(plain))
    inner = copy
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = marker
    return json.dumps(copy).replace(json.dumps(marker), value)


@every_message
def test_as_it_is_sent_it_comes_through(link: str, channel: Channel[Any], message: Any) -> None:
    head, plain, arrays = parts(channel, message)
    assert type(received(channel, head, json.dumps(plain), arrays)) is type(message), link


@pytest.mark.slow
@every_message
def test_an_absurd_value_anywhere_is_refused_or_within_its_limits(
    link: str, channel: Channel[Any], message: Any
) -> None:
    head, plain, arrays = parts(channel, message)
    for way in places(plain):
        for value in ABSURD:
            got = received(channel, head, changed(plain, way, value), arrays)
            if got is not None:
                assert type(got) is type(message), (link, way, value[:40])
                channel.encode(got)  # what was let in can be stored and sent on


@every_message
def test_a_number_of_400_digits_is_refused_everywhere(link: str, channel: Channel[Any], message: Any) -> None:
    head, plain, arrays = parts(channel, message)
    for way in places(plain):
        assert received(channel, head, changed(plain, way, "9" * 400), arrays) is None, (link, way)


@every_message
@given(data=st.data())
@settings(max_examples=25)
def test_changed_bytes_raise_nothing_but_an_error_of_the_codec(
    link: str, channel: Channel[Any], message: Any, data: st.DataObject
) -> None:
    sent = bytearray(channel.frame(message))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, min(len(sent), 3000) - 1))
        sent[place] = data.draw(st.integers(0, 255))
    sent = sent[: data.draw(st.integers(0, len(sent)))] if data.draw(st.booleans()) else sent
    try:
        channel.receive(io.BytesIO(bytes(sent)))
    except (CodecError, StreamEndError):
        return


@given(plain=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
), data=st.data())  # fmt: skip
@settings(max_examples=150)
def test_any_json_raises_nothing_but_an_error_of_the_codec(plain: Any, data: st.DataObject) -> None:
    _, channel, message = data.draw(st.sampled_from(SAMPLES))
    head, _, arrays = parts(channel, message)
    received(channel, head, json.dumps(plain), arrays)


def in_minutes(**columns: Any) -> Any:
    """A message of minutes whose columns hold something else, of the right type and length."""
    head, plain, _ = parts(sandbox.FROM_SANDBOX, sandbox.Minutes(ROWS, ROWS, TIME_NS))
    content = b""
    for _ in ("open", "closed"):
        for name in ROWS.__slots__:
            # There are no bins where no row has a histogram; tests/unit/messages/test_columns.py damages those.
            column = getattr(ROWS, name)
            if name != "texts" and len(column):
                content += np.full(1, columns.get(name, column[0]), column.dtype).tobytes()
    return received(sandbox.FROM_SANDBOX, head, json.dumps(plain), content)


def test_minutes_as_they_are_come_through() -> None:
    assert in_minutes() is not None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("camera", 99), ("camera", -1), ("series", -5), ("direction", -2), ("quantity", 99), ("road_user", -2),
        ("road_user", 99), ("start_ns", -1), ("start_ns", 2**62 + 1), ("length_s", 0), ("length_s", -60),
        ("length_s", 2**31 - 1), ("value", np.nan), ("value", np.inf), ("value", 1e300), ("error", -1.0),
        ("error", np.nan), ("count", -1), ("count", 2**62), ("coverage", -0.1), ("coverage", 1.1), ("coverage", np.nan),
    ],
)  # fmt: skip
def test_a_row_out_of_range_is_refused(column: str, value: float) -> None:
    assert in_minutes(**{column: value}) is None


def test_a_bool_that_is_neither_is_refused() -> None:
    head, plain, arrays = parts(sandbox.FROM_SANDBOX, sandbox.Minutes(ROWS, ROWS, TIME_NS))
    assert received(sandbox.FROM_SANDBOX, head, json.dumps(plain), arrays[:-1] + b"\x7f") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", 99), ("level", -1),
    ],
)  # fmt: skip
def test_a_level_that_there_is_not_is_refused(name: str, value: int) -> None:
    head, plain, arrays = parts(sandbox.FROM_SANDBOX, Isolation(2, ()))
    assert received(sandbox.FROM_SANDBOX, head, json.dumps({**plain, name: value}), arrays) is None


@pytest.mark.parametrize("dtype", ["object", "complex", "datetime64"])
def test_an_array_has_the_type_of_its_field_whatever_is_sent(dtype: str) -> None:
    """The type is not in the message at all: bytes are read as the field's own."""
    message = sandbox.ViewMemory(np.ones((36, 64, 2), np.int8), False)
    head, plain, arrays = parts(sandbox.FROM_SANDBOX, message)
    assert received(sandbox.FROM_SANDBOX, head, json.dumps({**plain, "dtype": dtype}), arrays) is None
    assert received(sandbox.FROM_SANDBOX, head, json.dumps(plain), arrays).signature.dtype == np.int8


@pytest.mark.parametrize(("json_bytes", "array_bytes"), [(2**32 - 1, 0), (0, 2**64 - 1), (2**26 + 1, 0), (100_000, 0)])
def test_a_length_beyond_what_its_kind_needs_is_refused_before_anything_is_read(
    json_bytes: int, array_bytes: int
) -> None:
    mark, version, kind, _, _ = HEAD.unpack(parts(sandbox.FROM_SANDBOX, HEALTH)[0])
    announced = io.BytesIO(HEAD.pack(mark, version, kind, json_bytes, array_bytes) + bytes(1000))
    with pytest.raises(CodecError, match="too large"):
        sandbox.FROM_SANDBOX.receive(announced)
    assert announced.tell() == HEAD.size


@pytest.mark.parametrize("change", [
    {"jpeg": np.concatenate([JPEG, np.zeros(9, np.uint8)])}, {"size_px": (65, 48)}, {"method": "clear"},
    {"xyxy": np.full((2, 4), 2, np.float32)}, {"xyxy": np.full((3, 4), 0.5, np.float32)}, {"sharp_share": 1.5},
    {"road_user": np.full(2, 99, np.int16)}, {"why": "x" * 5000}, {"camera": "x" * 5000}, {"time_ns": -1},
    {"xyxy": np.full((2, 4), np.nan, np.float32)}, {"jpeg": JPEG.reshape(1, -1)},
])  # fmt: skip
def test_a_picture_that_is_more_or_less_than_that_is_refused(change: dict[str, Any]) -> None:
    fields = {name: getattr(PREVIEW, name) for name in PREVIEW.__slots__} | change
    head, plain, arrays = parts(sandbox.FROM_SANDBOX, Preview(**fields))
    assert received(sandbox.FROM_SANDBOX, head, json.dumps(plain), arrays) is None


def reported(event: PlaceEvent, **fields: Any) -> Any:
    """What comes of a report of an event whose fields hold something else."""
    head, plain, arrays = parts(sandbox.FROM_SANDBOX, sandbox.EventReports((event,)))
    plain["events"][0].update(fields)
    return received(sandbox.FROM_SANDBOX, head, json.dumps(plain), arrays)


@pytest.mark.parametrize("fields", [
    {"camera": "other"}, {"rule": "other"}, {"start_ns": TIME_NS - 1}, {"event_id": "0" * 32}, {"coverage": 1.1},
    {"confidence": -0.1}, {"peak": 1e16}, {"value": -1e16}, {"state": "closed"}, {"end_ns": TIME_NS},
    {"raised_ns": TIME_NS - 1}, {"updated_ns": TIME_NS}, {"why": "x" * 4001}, {"unit": "x" * 501},
    {"samples": [{"time_ns": TIME_NS, "value": 1.0}] * 121}, {"samples": [{"time_ns": TIME_NS, "value": 1e300}]},
    {"kind": "loitering"}, {"severity": "panic"}, {"track_id": 7},
])  # fmt: skip
def test_an_event_that_contradicts_itself_is_refused(fields: dict[str, Any]) -> None:
    assert reported(EVENT) == sandbox.EventReports((EVENT,))
    assert reported(EVENT, **fields) is None


def test_an_event_of_before_1970_and_one_without_values_come_through() -> None:
    early = open_event("square", "crowded", -TIME_NS)
    dark = replace(early, state=EventState.SUSPENDED, value=None, confidence=None, samples=(Sample(-TIME_NS, None),))
    assert dark.event_id == event_id_of("square", "crowded", -TIME_NS)
    assert reported(dark) == sandbox.EventReports((dark,))


def test_more_events_than_a_camera_has_rules_are_refused() -> None:
    many = tuple(open_event("square", "crowded", TIME_NS + number) for number in range(sandbox.MAX_EVENTS + 1))
    head, plain, _ = parts(sandbox.FROM_SANDBOX, sandbox.EventReports(many))
    assert received(sandbox.FROM_SANDBOX, head, json.dumps(plain), b"") is None
    plain["events"].pop()
    assert received(sandbox.FROM_SANDBOX, head, json.dumps(plain), b"") is not None
