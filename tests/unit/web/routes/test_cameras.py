"""The routes of one camera, where it does not run."""

import asyncio
from dataclasses import replace

import pytest

from passerby.domain.register import Registration, Wording
from testing.trial_service.site_register import camera_record
from testing.web.fakes import Service, camera_plan


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
