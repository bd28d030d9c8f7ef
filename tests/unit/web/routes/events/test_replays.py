"""The replay of an event over HTTP: for a purpose, as a look that is counted, and not once it may not be kept."""

from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.access import Purpose
from passerby.domain.errors import PasserbyError
from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.ports import StoreUnavailableError
from testing.trial_service.site_register import registration_with_events
from testing.web.fakes import Service
from testing.web.replays import encrypted, event_replay
from tests.unit.web.routes.events.test_place_events import NOW_NS, OPEN, path_of, service


def with_replay(event: PlaceEvent = OPEN, *, allowed: bool = True, **known: str) -> Service:
    made = service(event, **known)
    plan = made.configurations.plan
    registration = registration_with_events()
    assert registration.record is not None
    registration = replace(registration, record=replace(registration.record, event_replays=allowed))
    cameras = tuple(replace(camera, registration=registration) for camera in plan.cameras)
    made.configurations.plan = replace(plan, cameras=cameras)
    made.store.replay_rows = [encrypted(event)]
    made.replays = {event.event_id: event_replay(event)}
    return made


def looks(made: Service) -> list[tuple[str, ...]]:
    return [
        (row.actor, row.action, row.subject, row.detail, row.purpose, row.case)
        for row in made.store.audit_rows
        if row.action.endswith(".opened")
    ]


def opened(made: Service, event: PlaceEvent = OPEN) -> Any:
    return made.get(f"{path_of(event)}/replay")


def test_it_is_opened_for_the_event_s_purpose_and_each_opening_is_a_look() -> None:
    made = with_replay()
    assert opened(made).json()["code"] == "purpose-needed"
    assert looks(made) == []
    assert made.put(f"{path_of(OPEN)}/purpose").status_code == 200
    answer = opened(made)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == f'inline; filename="event-{OPEN.event_id}.svg"'
    assert answer.content.startswith(b"<svg")
    assert b"opened by ana" in answer.content
    assert opened(made).status_code == 200
    look = ("ana", "replay.opened", "square", OPEN.event_id, "event_safety", f"event {OPEN.event_id}: crowded")
    assert looks(made) == [look, look]


def test_a_purpose_for_another_camera_is_none_for_this_one() -> None:
    made = with_replay()
    purposes = made.app.state.hub.purposes
    purposes.hold("test", purposes.made(Purpose.EVENT_SAFETY, "another one", "gate"))
    assert opened(made).json()["code"] == "purpose-needed"


def test_an_event_says_until_when_there_is_a_replay() -> None:
    made = with_replay()
    assert made.get(path_of(OPEN)).json()["replay_until"] == "2026-10-01T11:59:01+02:00"
    assert made.get("/api/v1/events").json()["rows"][0]["replay_until"] == "2026-10-01T11:59:01+02:00"
    assert with_replay(allowed=False).get(path_of(OPEN)).json()["replay_until"] is None
    made.store.replay_rows = []
    assert made.get(path_of(OPEN)).json()["replay_until"] is None


def test_without_one_the_answer_says_why_and_nobody_has_looked() -> None:
    gone, forbidden, closed, unreadable = with_replay(), with_replay(allowed=False), with_replay(), with_replay()
    gone.store.replay_rows = []
    closed.replays = {}

    def failing(_: object) -> None:
        raise PasserbyError("replay.key: cannot be read")

    object.__setattr__(unreadable.app.state.hub, "open_replay", failing)
    reasons = []
    for made in (gone, forbidden, closed, unreadable):
        assert made.put(f"{path_of(OPEN)}/purpose").status_code == 200
        answer = opened(made)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-replay")
        reasons.append(answer.json()["detail"])
        assert looks(made) == []
    assert "three days" in reasons[0]
    assert "register does not allow" in reasons[1]
    assert "key" in reasons[2]
    assert reasons[2] == reasons[3]


@pytest.mark.asvs("8.2.2")
def test_who_may_not_see_the_event_or_the_camera_opens_nothing() -> None:
    assert opened(with_replay(group="station")).status_code == 404
    assert opened(with_replay(group="station")).json()["code"] == "no-such-event"
    for role in ("officer", "auditor", "analyst"):
        assert opened(with_replay(role=role)).status_code == 403
    assert opened(with_replay(replace(OPEN, kind=RuleKind.MASS_VIEWING))).status_code in (403, 404)


def test_no_audit_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_replay()
    made.put(f"{path_of(OPEN)}/purpose")

    async def away(_: object) -> None:
        raise StoreUnavailableError("the database is away")

    monkeypatch.setattr(made.store, "append_audit", away)
    assert opened(made).status_code == 503


def test_looks_at_many_cameras_raise_an_event_whether_live_or_replayed() -> None:
    made = with_replay()
    server = replace(made.configurations.plan.server, looks_per_hour=1)
    made.configurations.plan = replace(made.configurations.plan, server=server)
    purposes = made.app.state.hub.purposes
    purposes.hold("test", purposes.made(Purpose.EVENT_SAFETY, "a round"))
    assert opened(made).status_code == 200
    other = replace(OPEN, event_id="1" * 32, camera="gate")
    made.store.event_rows.append(other)
    made.store.replay_rows.append(encrypted(other))
    made.replays[other.event_id] = event_replay(other)
    assert opened(made, other).status_code == 200
    assert [event.kind for event in made.store.event_rows if event.start_ns >= NOW_NS] == [RuleKind.MASS_VIEWING]
