"""A recording that was counted by hand and by passerby, sent to a service: what is taken, and what is refused why."""

from typing import Any

import pytest

from passerby.web.routes.measured.validations.recorded import version_now
from testing.web.fakes import NOW_S, Service, site_plan
from tests.unit.web.routes.measured.validations.test_hand_counts import NUMBER, START_S, at, counting

PATH = "/api/v1/validations/recordings"


def body(made: Service, **changes: Any) -> dict[str, Any]:
    minutes = [
        {"minute": minute, "road_user": "bicycle", "direction": "forward", "by_hand": 6, "by_system": 5}
        for minute in range(4)
    ]
    return {
        "id": NUMBER, "site": site_plan().name, "camera": "square", "line": "west gate", "start": at(START_S - 86_400),
        "line_version": version_now(made.app.state.hub, "square", "west gate"), "road_users": ["bicycle"],
        "minutes": minutes,
    } | changes  # fmt: skip


def test_a_recording_counts_at_once_and_makes_the_intervals_narrower() -> None:
    made = counting()
    before = made.get("/api/v1/observations", params={"series": "west gate", "quantity": "flow", "bin": "minute"})
    sent = made.post(PATH, json=body(made))
    assert sent.status_code == 201, sent.text
    row = sent.json()
    assert (row["state"], row["counted_from"], row["minutes"], row["compared_minutes"]) == (
        "compared",
        "recording",
        4,
        4,
    )
    assert row["counts"][0] == {"road_user": "bicycle", "direction": "forward", "by_hand": 24, "by_system": 20}
    entry = made.store.audit_rows[0]
    assert (entry.actor, entry.action, entry.subject) == ("ana", "validation.sent", "square: west gate")
    assert entry.detail.startswith("recording, ")
    accuracy = made.get("/api/v1/accuracy", params={"camera": "square"}).json()["rows"][0]
    assert (accuracy["validated"], accuracy["minutes"]) == (True, 4)
    after = made.get("/api/v1/observations", params={"series": "west gate", "quantity": "flow", "bin": "minute"})
    wide, narrow = before.json()["rows"][0], after.json()["rows"][0]
    assert (wide["basis"], narrow["basis"]) == ("prior", "validated 24")
    # Sent again it is the same count.
    assert made.post(PATH, json=body(made)).status_code == 200
    assert len(made.store.audit_rows) == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"line_version": "0" * 16}, 409, "other-instrument"),
        ({"site": "Harbour"}, 409, "other-site"),
        ({"camera": "sqare"}, 404, "no-such-camera"),
        ({"line": "west"}, 404, "no-such-line"),
        ({"start": at(NOW_S + 60)}, 422, "bad-value"),
        ({"start": at(NOW_S - 60)}, 422, "bad-value"),
        ({"start": "1969-12-31T12:00:00Z"}, 422, "bad-value"),
        ({"start": "yesterday"}, 422, "bad-value"),
        ({"road_users": ["car"]}, 422, "bad-value"),
        ({"road_users": ["pedestrian"]}, 422, "bad-value"),
        ({"minutes": []}, 422, "bad-value"),
        ({"minutes": [{"minute": 0, "road_user": "bicycle", "direction": "forward", "by_hand": 1, "by_system": 1}] * 2},
         422, "bad-value"),
        ({"minutes": [{"minute": 0, "road_user": "bicycle", "direction": "forward", "by_hand": -1, "by_system": 1}]},
         422, "bad-value"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, Any], status: int, code: str) -> None:
    made = counting()
    refused = made.post(PATH, json=body(made, **changes))
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert made.store.hand_counts.counts == {}
    assert made.store.audit_rows == [] or made.store.audit_rows[0].action != "validation.sent"


def test_who_may_not_draw_at_the_camera_sends_none() -> None:
    for made in (counting(role="analyst"), counting(group="station")):
        assert made.post(PATH, json=body(made)).status_code == 403
