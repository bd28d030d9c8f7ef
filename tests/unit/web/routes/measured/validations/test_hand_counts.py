"""Counts by hand over HTTP: what is taken, what is refused and where, and when it is compared."""

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.text import utc_time
from testing.web.fakes import NOW_S, NS_PER_S, Service
from testing.web.made import observation
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/validations"
END_S = NOW_S // 60 * 60
START_S = END_S - 300
NUMBER = "0123456789abcdef" * 2


def at(second: float) -> str:
    return utc_time(round(second * NS_PER_S))


def body(**changes: Any) -> dict[str, Any]:
    crossings = [
        {"time": at(START_S + 10 * index), "road_user": "bicycle", "direction": "forward"} for index in range(30)
    ]
    made = {
        "id": NUMBER, "camera": "square", "line": "west gate", "counted_from": "kerb", "start": at(START_S),
        "end": at(END_S), "road_users": ["bicycle"], "crossings": crossings, "clock_error_s": 0.1,
    }  # fmt: skip
    return {**made, **changes}


def counting(role: str = "engineer", group: str = "*") -> Service:
    made = service(role=role, group=group)
    made.store.rows = [
        observation(second, value, road_user=RoadUser.BICYCLE, direction=way)
        for second in range(START_S, END_S, 60)
        for way, value in (("forward", 5.0), ("backward", 1.0))
    ]
    return made


def later(made: Service) -> None:
    made.clock.now_s = END_S + 150


def test_a_count_is_taken_waits_and_is_compared_with_the_stored_minutes() -> None:
    made = counting()
    sent = made.post(PATH, json=body())
    assert sent.status_code == 201, sent.text
    row = sent.json()
    assert (row["state"], row["minutes"], row["compared_minutes"], row["by"]) == ("waiting", 5, None, "ana")
    assert row["counts"][0] == {"road_user": "bicycle", "direction": "forward", "by_hand": 30, "by_system": None}
    later(made)
    row = made.get(f"{PATH}/{NUMBER}").json()
    assert (row["state"], row["compared_minutes"]) == ("compared", 5)
    assert [(one["direction"], one["by_hand"], one["by_system"]) for one in row["counts"]] == [
        ("forward", 30, 25), ("backward", 0, 5),
    ]  # fmt: skip
    made.store.rows = []
    assert made.get(PATH, params={"camera": "square"}).json() == {"rows": [row], "after": None}
    entry = made.store.audit_rows[0]
    assert (entry.actor, entry.action, entry.subject) == ("ana", "validation.sent", "square: west gate")
    assert entry.detail.endswith("30 counted")


def test_the_same_count_sent_again_is_the_same_count() -> None:
    made = counting()
    made.post(PATH, json=body())
    again = made.post(PATH, json=body(crossings=[]))
    assert (again.status_code, again.json()["counts"][0]["by_hand"]) == (200, 30)
    assert len(made.store.audit_rows) == 1


def test_minutes_that_the_camera_did_not_watch_are_left_out_or_waited_for() -> None:
    made = counting()
    made.store.rows = [
        replace(row, coverage=0.5) if row.start_ns == START_S * NS_PER_S else row for row in made.store.rows
    ][:-2]
    made.post(PATH, json=body())
    later(made)
    assert made.get(f"{PATH}/{NUMBER}").json()["state"] == "waiting"
    made.clock.now_s = END_S + 3600
    assert made.get(f"{PATH}/{NUMBER}").json()["compared_minutes"] == 3


def test_where_nothing_was_watched_the_count_is_void() -> None:
    made = counting()
    made.store.rows = [replace(row, reliable=False) for row in made.store.rows]
    made.post(PATH, json=body())
    later(made)
    row = made.get(f"{PATH}/{NUMBER}").json()
    assert (row["state"], row["why"]) == ("void", "The camera watched none of the minutes that were counted by hand.")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"end": at(START_S)}, "body.end"),
        ({"end": at(NOW_S + 60)}, "body.end"),
        ({"start": at(START_S - 5 * 3600)}, "body.end"),
        ({"start": at(START_S - 40 * 86400), "end": at(END_S - 40 * 86400)}, "body.start"),
        ({"start": "yesterday"}, "body.start"),
        ({"road_users": ["car"], "crossings": []}, "body.road_users"),
        ({"road_users": ["pedestrian"]}, "body.crossings.0.road_user"),
        ({"crossings": [{"time": at(START_S - 1), "road_user": "bicycle", "direction": "forward"}]},
         "body.crossings.0.time"),
        ({"pauses": [{"start": at(START_S - 1), "end": at(END_S)}]}, "body.pauses.0"),
        ({"counted_from": "mosaic"}, "body.seen"),
        ({"seen": {"view": NUMBER, "pictures": 9, "longest_gap_s": 0.1}}, "body.seen"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_named(changes: dict[str, Any], where: str) -> None:
    made = counting()
    refused = made.post(PATH, json=body(**changes))
    assert (refused.status_code, refused.json()["faults"][0]["where"]) == (422, where)
    assert made.store.hand_counts.counts == {}


def test_a_stretch_without_a_whole_minute_is_refused() -> None:
    refused = counting().post(PATH, json=body(start=at(START_S + 1), end=at(START_S + 61), crossings=[]))
    assert (refused.status_code, refused.json()["code"]) == (422, "no-whole-minute")


@pytest.mark.parametrize(
    ("changes", "code"), [({"camera": "sqare"}, "no-such-camera"), ({"line": "west"}, "no-such-line")]
)
def test_an_unknown_camera_or_line_is_404(changes: dict[str, Any], code: str) -> None:
    refused = counting().post(PATH, json=body(**changes))
    assert (refused.status_code, refused.json()["code"]) == (404, code)


def test_a_line_that_was_changed_since_voids_the_count() -> None:
    made = counting()
    made.post(PATH, json=body())
    later(made)
    plan = made.configurations.plan
    first = plan.cameras[0]
    moved = replace(first.layout.lines[0], points=np.array([[0.1, 0.1], [0.2, 0.2]], np.float32))
    made.configurations.plan = replace(
        plan, cameras=(replace(first, layout=replace(first.layout, lines=(moved,))), *plan.cameras[1:])
    )
    assert made.get(f"{PATH}/{NUMBER}").json()["state"] == "outdated"
    rows = made.get("/api/v1/accuracy", params={"camera": "square"}).json()["rows"]
    assert [(row["validated"], row["stretches"], row["rows"][0]["by_hand"]) for row in rows] == [(False, 0, 0)]


def test_a_count_is_withdrawn_and_stays_in_the_record() -> None:
    made = counting()
    made.post(PATH, json=body())
    for _ in range(2):
        gone = asyncio.run(made.ask("DELETE", f"{PATH}/{NUMBER}"))
        assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert [row.action for row in made.store.audit_rows] == ["validation.sent", "validation.withdrawn"]
    assert asyncio.run(made.ask("DELETE", f"{PATH}/{'f' * 32}")).status_code == 404


def test_who_has_no_grant_on_the_camera_can_send_see_and_withdraw_nothing() -> None:
    made = counting(group="station")
    assert made.post(PATH, json=body()).status_code == 403
    owner = counting()
    owner.post(PATH, json=body())
    made.store.hand_counts.counts = owner.store.hand_counts.counts
    assert made.get(PATH).json()["rows"] == []
    assert made.get(PATH, params={"camera": "square"}).status_code == 403
    assert made.get(f"{PATH}/{NUMBER}").status_code == 403
    assert made.post(PATH, json=body(camera="gate")).status_code == 403
    assert asyncio.run(made.ask("DELETE", f"{PATH}/{NUMBER}")).status_code == 403


def seen(made: Service, *, fps: float = 12.5, gap_s: float = 0.1) -> dict[str, Any]:
    """What the page saw of a stretch that the service has shown."""
    view = made.app.state.hub.tally_views.begin("square", "ana")
    for number in range(int(fps * 320)):
        time_ns = round((START_S - 10 + number / fps) * NS_PER_S)
        view.add(time_ns, time_ns, shown=True)
    return {"counted_from": "mosaic", "seen": {"view": view.number, "pictures": 4000, "longest_gap_s": gap_s}}


def test_a_stretch_from_pictures_counts_where_they_came_without_a_gap() -> None:
    made = counting()
    row = made.post(PATH, json=body(**seen(made))).json()
    assert (row["state"], row["counted_from"]) == ("waiting", "mosaic")


@pytest.mark.parametrize(
    ("shown", "why"),
    [({"gap_s": 0.6}, "in the counter's browser"), ({"fps": 8.0}, "8.0 pictures a second"), ({"fps": 1.5}, "a gap of")],
)
def test_a_gap_or_too_few_pictures_void_it(shown: dict[str, float], why: str) -> None:
    made = counting()
    row = made.post(PATH, json=body(**seen(made, **shown))).json()
    assert row["state"] == "void"
    assert why in row["why"]
    later(made)
    assert made.get("/api/v1/accuracy", params={"camera": "square"}).json()["rows"][0]["validated"] is False
