"""Cameras, health, version and pages: what they say, and what they say when something is missing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.health import CameraState
from passerby.domain.leases import HandOver, Lease
from passerby.domain.queries import EventQuery, Page
from passerby.web.routes.pages import page_script
from testing.web.fakes import NOW_S, Service, health_report


def test_version_names_the_site() -> None:
    assert Service().get("/api/v1/version").json() == {
        "version": "1.2.3",
        "page": page_script(),
        "site": {"name": "Market square", "time_zone": "Europe/Berlin", "made_up_before": None, "map": False},
        "time": "2026-09-28T12:00:00+02:00",
        "time_ms": NOW_S * 1000,
    }


def test_two_applications_of_one_process_answer_each_of_its_own_service() -> None:
    first, second = Service(), Service()
    first.configurations.plan = replace(first.configurations.plan, cameras=first.configurations.plan.cameras[:1])
    names = [[row["name"] for row in each.get("/api/v1/cameras").json()["rows"]] for each in (first, second, first)]
    assert names == [["square"], ["square", "gate"], ["square"]]


def test_cameras_with_their_places_and_states() -> None:
    service = Service()
    service.live.reports = {"square": health_report(state=CameraState.DARK, measured=3.0, threshold=8.0)}
    square, gate = service.get("/api/v1/cameras").json()["rows"]
    assert square["health"] == {
        "state": "dark",
        "since": "2026-09-28T11:59:00+02:00",
        "time": "2026-09-28T12:00:00+02:00",
        "why": "5 frames/s",
        "measured": 3.0,
        "threshold": 8.0,
        "reliable": True,
    }
    assert square["isolation"] == {"level": 2, "missing": ["bubblewrap is not installed"]}
    assert square["source"] == "rtsp://10.0.0.7/stream?…"
    assert (gate["name"], gate["health"], gate["isolation"]) == ("gate", None, None)
    assert service.get("/api/v1/cameras/square").json() == square
    assert service.get("/api/v1/cameras/square/lines").json()["rows"] == square["lines"]
    assert square["lines"] == [
        {
            "name": "west gate",
            "points": [[0.27, 0.36], [0.25, 0.48]],
            "road_users": ["pedestrian", "bicycle"],
            "forward_name": "out",
            "backward_name": "in",
        }
    ]
    assert service.get("/api/v1/cameras/square/zones").json()["rows"] == square["zones"]
    assert [zone["name"] for zone in square["zones"]] == ["benches"]
    assert square["movements"] == [
        {
            "name": "turn",
            "entry_line": "west gate",
            "entry_direction": "forward",
            "exit_line": "west gate",
            "exit_direction": "backward",
        }
    ]


@pytest.mark.parametrize("path", ["", "/lines", "/zones"])
def test_no_such_camera(path: str) -> None:
    answer = Service().get(f"/api/v1/cameras/corner{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-camera")
    assert Service().get(f"/api/v1/cameras/%2e%00{path}").status_code == 422


def test_confirming_is_written_down_first() -> None:
    service = Service()
    assert service.post("/api/v1/cameras/square/confirm").status_code == 204
    assert service.live.confirmed == ["square"]
    (entry,) = service.store.audit_rows
    assert (entry.action, entry.subject, entry.time_ns) == ("camera.confirmed", "square", NOW_S * 10**9)
    service.store.away = True
    assert service.post("/api/v1/cameras/square/confirm").status_code == 503
    assert service.live.confirmed == ["square"]
    assert service.post("/api/v1/cameras/corner/confirm").status_code == 404


def test_confirming_while_the_worker_is_away() -> None:
    service = Service()
    service.live.worker_away = True
    answer = service.post("/api/v1/cameras/square/confirm")
    assert (answer.status_code, answer.json()["code"]) == (409, "worker-away")


def test_health_is_the_newest_there_is() -> None:
    service = Service()
    service.store.health_rows = [
        health_report("gate", CameraState.OFFLINE),
        health_report("square", CameraState.DARK),
        health_report("taken-down"),
    ]
    service.live.reports = {"square": health_report(frames_in=5)}
    rows = service.get("/api/v1/health").json()["rows"]
    assert [(row["camera"], row["state"], row["frames_in"]) for row in rows] == [
        ("gate", "offline", 0),
        ("square", "online", 5),
    ]
    service.live.reports["gate"] = health_report("gate")
    service.store.away = True
    # What is known here needs no store.
    assert service.get("/api/v1/health").status_code == 200
    assert service.get("/api/v1/health/history").status_code == 503


def test_history_comes_in_pages() -> None:
    service = Service()
    service.store.health_rows = [health_report("square", time_ns=(NOW_S - each) * 10**9) for each in (3, 2, 1)]
    page = service.get("/api/v1/health/history?limit=2").json()
    assert [row["time"] for row in page["rows"]] == ["2026-09-28T11:59:57+02:00", "2026-09-28T11:59:58+02:00"]
    rest = service.get(f"/api/v1/health/history?limit=2&after={page['after']}").json()
    assert (len(rest["rows"]), rest["after"]) == (1, None)


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/health/history"])
@pytest.mark.parametrize("query", ["after=.", "after=x", "limit=0", "start=x", "start=1999-01-01", "camera=a%20b"])
def test_bad_questions(path: str, query: str) -> None:
    answer = Service().get(f"{path}?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad-value"


def test_readiness() -> None:
    service = Service()
    assert service.get("/readyz").json() == {"status": "ok"}
    service.store.newest_configuration = None
    answer = service.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    service.store.away = True
    answer = service.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "does not answer" in answer.json()["detail"]
    assert service.get("/healthz").status_code == 200


def test_readiness_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.health._STORE_ANSWERS_WITHIN_S", 0.05)
    service = Service()

    async def never(number: int | None = None) -> None:
        await asyncio.sleep(3600)

    service.store.configuration = never
    assert service.get("/readyz").status_code == 503


@pytest.mark.asvs("13.4.3")
def test_page_and_its_files() -> None:
    service = Service()
    page = service.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert service.get("/public/plain.css").headers["content-type"].startswith("text/css")
    for path in ("/app/nothing.js", "/public/../app.py", "/app/%2e%2e/app.py", "/public/..%2fapp.py", "/public/"):
        assert service.get(path).status_code == 404, path


def test_installation_without_its_page(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("passerby.web.routes.pages.BUILT", tmp_path)
    answer = Service().get("/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")


def test_hand_overs_say_which_machine_held_a_camera() -> None:
    service = Service()
    began_ns = (NOW_S - 60) * 10**9
    lease = Lease("square", 2, "cabinet-7", "worker-1", began_ns - 10**10, began_ns)
    service.store.leases.rows = [
        HandOver(replace(lease, number=1, node="", began_ns=None), None, 0), HandOver(lease, "", 3),
    ]  # fmt: skip
    first, second = service.get("/api/v1/hand-overs?camera=square").json()["rows"]
    assert (first["node_before"], first["began"], first["node"]) == (None, None, "")
    assert second == {
        "camera": "square", "number": 2, "node": "cabinet-7", "node_before": "", "minutes_set_aside": 3,
        "time": "2026-09-28T11:58:50+02:00", "began": "2026-09-28T11:59:00+02:00",
    }  # fmt: skip
    service.store.away = True
    assert service.get("/api/v1/hand-overs").status_code == 503


@pytest.mark.parametrize("path", ["/api/v1/health/history", "/api/v1/hand-overs"])
def test_the_next_page_is_asked_for_as_the_store_gives_it(path: str) -> None:
    """By time and camera; the page before ends with the same time in another camera."""
    service, asked = Service(), []

    async def page(query: EventQuery) -> Page[Any]:
        asked.append(query.after)
        return Page((), None)

    service.store.health = service.store.leases.hand_overs = page
    assert service.get(f"{path}?after=1790589597000000000.square-north").status_code == 200
    assert asked == ["1790589597000000000.square-north"]
