"""The routes of one camera: where it does not run, and its password."""

import asyncio
import json
from dataclasses import replace

import pytest

from passerby.domain.health import CameraState
from passerby.domain.register import Registration, Wording
from testing.trial_service.site_register import camera_record
from testing.web.fakes import CANARY, Service, camera_plan, health_report


def with_gate(registration: Registration) -> Service:
    service = Service()
    plan = service.configurations.plan
    gate = replace(camera_plan("gate"), registration=registration)
    service.configurations.plan = replace(plan, cameras=(plan.cameras[0], gate))
    return service


@pytest.mark.parametrize("act", ["start", "confirm"])
def test_a_camera_that_is_not_registered_is_refused_with_what_is_missing(act: str) -> None:
    service = with_gate(Registration(gaps=("title", "place.position")))
    answer = service.post(f"/api/v1/cameras/gate/{act}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-registered")
    assert [fault["where"] for fault in answer.json()["faults"]] == [
        "cameras.gate.register.title", "cameras.gate.register.place.position",
    ]  # fmt: skip
    assert service.post("/api/v1/cameras/square/start").status_code == 204
    assert service.live.confirmed == []


def test_a_paused_camera_is_refused() -> None:
    service = with_gate(Registration(camera_record(), paused=Wording({"": "Works"})))
    answer = service.post("/api/v1/cameras/gate/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "paused")
    assert asyncio.run(service.ask("GET", "/api/v1/cameras/gate")).status_code == 200


def test_a_camera_whose_password_cannot_be_opened_is_refused() -> None:
    service = Service()
    plan = service.configurations.plan
    square = replace(plan.cameras[0], fault="secrets.key: the key is not there")
    service.configurations.plan = replace(plan, cameras=(square,))
    answer = service.post("/api/v1/cameras/square/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "password-not-readable")
    assert "the key is not there" in answer.json()["detail"]


def test_the_list_has_what_each_camera_says_and_follows_what_changes() -> None:
    service = Service()
    for state in (CameraState.ONLINE, CameraState.DARK):
        service.live.reports["square"] = health_report(state=state)
        rows = service.get("/api/v1/cameras").json()["rows"]
        assert rows == [service.get(f"/api/v1/cameras/{name}").json() for name in ("square", "gate")]
        assert (rows[0]["health"]["state"], rows[0]["isolation"]["level"]) == (state.value, 2)
        assert rows[1]["health"] is None
    plan = service.configurations.plan
    service.configurations.plan = replace(plan, cameras=(replace(plan.cameras[0], groups=("north",)),))
    (row,) = service.get("/api/v1/cameras").json()["rows"]
    assert (row["name"], row["groups"]) == ("square", ["north"])


PASSWORD = "/api/v1/cameras/square/password"


def test_a_password_is_set_and_never_read() -> None:
    service = Service()
    assert service.get(PASSWORD).json() == {"place": "none", "set_at": None, "fault": ""}
    answer = service.put(PASSWORD, json={"password": CANARY})
    assert answer.status_code == 200
    assert answer.json() == {"place": "encrypted", "set_at": "2026-09-28T12:00:00+02:00", "fault": ""}
    assert service.get(PASSWORD).json() == answer.json()
    assert asyncio.run(service.ask("DELETE", PASSWORD)).json()["place"] == "none"
    assert service.put(PASSWORD, json={"password": "refused"}).json()["code"] == "password-not-taken"
    nowhere = PASSWORD.replace("square", "nowhere")
    assert [service.get(nowhere).status_code, service.put(nowhere, json={"password": "x"}).status_code] == [404, 404]


@pytest.mark.parametrize(
    "body",
    [{}, [], CANARY, {"password": ""}, {"password": None}, {"password": [CANARY]}, {"password": f"{CANARY}\n"},
     {"password": CANARY * 100}, {"password": CANARY, "extra": CANARY}, {"password": CANARY, CANARY: 1},
     {"password": {CANARY: 1}}, {"password": f"\x00{CANARY}"}, {"pasword": CANARY}, {"password": f"{CANARY}\ud800"}],
)  # fmt: skip
def test_a_wrong_body_is_not_repeated(body: object) -> None:
    service = Service()
    content = json.dumps(body)
    answer = service.put(PASSWORD, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert CANARY not in answer.text
    assert service.configurations.passwords == {}
    broken = service.put(PASSWORD, content=content[:-1] + "}}", headers={"Content-Type": "application/json"})
    assert CANARY not in broken.text


@pytest.mark.parametrize(("path", "names"), [("cameras", ["square", "gate"]), ("health", ["gate", "square"])])
def test_lists_come_in_pages_and_not_twice_to_who_has_them(path: str, names: list[str]) -> None:
    service = Service()
    for name in names:
        service.live.reports[name] = replace(health_report(), camera=name)

    def named(query: str) -> tuple[list[str], str | None]:
        answer = service.get(f"/api/v1/{path}?{query}").json()
        return [row.get("name", row.get("camera")) for row in answer["rows"]], answer["after"]

    assert named("") == (names, None)
    assert named("limit=1") == (names[:1], names[0])
    assert named(f"limit=1&after={names[0]}") == (names[1:], None)
    assert named(f"after={names[0]}") == (names[1:], None)
    assert service.get(f"/api/v1/{path}?after=nowhere").json()["code"] == "bad-value"
    for query in ("", "?limit=1"):
        tag = service.get(f"/api/v1/{path}{query}").headers["etag"]
        ask = service.ask("GET", f"/api/v1/{path}{query}", headers={"If-None-Match": f'"other", W/{tag}'})
        unchanged = asyncio.run(ask)
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
