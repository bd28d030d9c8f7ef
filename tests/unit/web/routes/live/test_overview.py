"""All cameras in one answer, and the events of what changes: what they hold, for whom, and how much at a time."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.access import Grant, Principal, PrincipalKind, Role
from passerby.domain.health import CameraState
from passerby.domain.register import NOT_REGISTERED
from passerby.web.live.overview import CAMERAS_AT_ONCE
from passerby.web.routes.live.overview import OverviewAnswer, OverviewNews
from testing.web.fakes import MIDNIGHT_S, NOW_S, NS_PER_S, Service, camera_plan, health_report, observation
from testing.web.made import open_event
from testing.web.serving import served
from tests.unit.web.routes.live.test_stream import first


def columns(events: list[tuple[str, Any]]) -> list[Any]:
    return [data["cameras"] for name, data in events if name == "cameras"]


def test_all_cameras_come_in_one_answer() -> None:
    service = Service()
    plan = service.configurations.plan
    gate = replace(camera_plan("gate"), registration=NOT_REGISTERED, groups=("north", "centre"))
    service.configurations.plan = replace(plan, cameras=(plan.cameras[0], gate))
    service.live.reports["square"] = health_report(state=CameraState.COVERED, why="Something hangs before it.")
    service.store.rows = [observation(MIDNIGHT_S, 5.0, length_s=86_400, coverage=0.5)]
    service.live.place_events = [open_event("square", "full", NOW_S * NS_PER_S)]
    answer = service.get("/api/v1/overview")
    assert OverviewAnswer.model_validate_json(answer.content).cameras.name == ["square", "gate"]
    assert answer.json() == {
        "time": "2026-09-28T12:00:00+02:00",
        "groups": ["centre", "north"],
        "cameras": {
            "name": ["square", "gate"],
            "state": ["covered", None],
            "why": ["Something hangs before it.", ""],
            "since": ["2026-09-28T11:59:00+02:00", None],
            "crossings": {"pedestrian": [5, None]},
            "coverage": [1.0, None],
            "reliable": [True, True],
            "events": {"notice": [0, 0], "warning": [1, 0], "critical": [0, 0]},
            "title": [{"": "Market square"}, {}],
            "group": [[0], [1, 0]],
            "position": [[44.816, 20.46], None],
        },
    }


def test_without_the_store_all_that_is_known_comes_all_the_same() -> None:
    service = Service()
    service.store.away = True
    service.live.reports["square"] = health_report()
    answer = service.get("/api/v1/overview")
    assert answer.status_code == 200
    assert answer.json()["cameras"]["state"] == ["online", None]
    assert answer.json()["cameras"]["crossings"] == {}


def news_of(service: Service, role: Role, group: str = "*") -> OverviewNews:
    grant = Grant(1, "ana", role, group, 0, 2**62, "ben", "eva")
    principal = Principal("ana", PrincipalKind.ACCOUNT, (grant,), "session")
    return OverviewNews(service.app.state.hub, principal, frozenset())


async def sent(news: OverviewNews) -> list[bytes]:
    return [each async for each in news.news()]


@pytest.mark.parametrize(("role", "counts"), [(Role.ANALYST, True), (Role.AUDITOR, False)])
def test_counts_and_events_are_there_for_whom_they_are(role: Role, *, counts: bool) -> None:
    service = Service()
    service.store.rows = [observation(MIDNIGHT_S, 5.0, length_s=86_400)]
    (said,) = asyncio.run(sent(news_of(service, role)))
    text = said.decode()
    assert ('"pedestrian":[5,null]' in text) is counts
    assert '"warning":[null,null]' in text


def test_a_group_that_may_not_be_seen_is_left_out() -> None:
    service = Service()
    assert asyncio.run(sent(news_of(service, Role.OPERATOR, "elsewhere"))) == []


def test_only_what_has_changed_is_sent() -> None:
    service = Service()
    news = news_of(service, Role.OPERATOR)
    (everything,) = asyncio.run(sent(news))
    assert b'"name":["square","gate"]' in everything
    assert asyncio.run(sent(news)) == []
    service.live.open["gate"] = (observation(NOW_S - 60, 2.0, camera="gate"),)
    (changed,) = asyncio.run(sent(news))
    assert b'"name":["gate"]' in changed
    service.configurations.plan = replace(service.configurations.plan, name="Another square")
    (told,) = asyncio.run(sent(news))
    assert told.startswith(b"event: site")


def test_of_thousands_of_cameras_a_part_is_sent_at_a_time_and_new_states_first() -> None:
    service = Service()
    names = [f"street-{number}" for number in range(2 * CAMERAS_AT_ONCE + 10)]
    plans = tuple(camera_plan(name) for name in names)
    service.configurations.plan = replace(service.configurations.plan, cameras=plans)
    service.app.state.hub.overview.again_s = 0.0
    news = news_of(service, Role.OPERATOR)
    rounds = []
    for _ in range(3):
        (said,) = asyncio.run(sent(news))
        rounds.append(said.count(b"street-"))
    assert rounds == [CAMERAS_AT_ONCE, CAMERAS_AT_ONCE, 10]
    assert asyncio.run(sent(news)) == []
    for name in names:
        service.live.open[name] = (observation(NOW_S - 60, 2.0, camera=name),)
    service.live.reports[names[-1]] = health_report(names[-1], CameraState.OFFLINE)
    (said,) = asyncio.run(sent(news))
    assert said.count(b"street-") == CAMERAS_AT_ONCE
    assert b"offline" in said
    assert news.more


def test_a_client_listens_to_the_overview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.live.stream.OVERVIEW_INTERVAL_S", 0.05)

    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        async with served(service.app) as port:
            return await first(service, port, 1, "?detail=overview&camera=gate")

    (cameras,) = columns(asyncio.run(scene()))
    assert cameras["name"] == ["gate"]
