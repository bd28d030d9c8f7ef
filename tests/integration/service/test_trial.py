"""A whole service over a real recording: a draft is tried beside what counts, shows numbers, and leaves nothing."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from testing.ports import free_port
from testing.trial_service.service import Service
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER
from tests.integration.service.test_events import EVENTS, WRITTEN

pytestmark = pytest.mark.slow

ALLOWED = EVENTS.replace(", recipients: [room]", "")
SITE = (
    "server: {port: PORT}\n"
    "cameras:\n"
    "  square:\n"
    "    source: {file: RECORDING}\n"
    "    zones: {middle: {points: [[0.05, 0.2], [0.95, 0.2], [0.95, 0.95], [0.05, 0.95]]}}\n"
    f"    {CAMERA_REGISTER.replace('{title', f'{{{ALLOWED}, title', 1)}\n"
    + SITE_REGISTER.replace("DPIA 1", f"DPIA 1, opinion: 07-1/2026, {WRITTEN}")
)
PATH = "/api/v1/cameras/square/trial"
RULE = {"kind": "overcrowding", "zone": "middle", "above_people": 2, "hold_s": 1}
DRAFT = {"lines": {"tried": {"points": [[0.5, 0.1], [0.5, 0.95]]}}, "rules": {"full": RULE}}


@pytest.fixture
def service(footage: Path) -> Iterator[Service]:
    recording = footage / "pets09-s2l1" / "video.avi"
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        site = SITE.replace("PORT", str(free_port())).replace("RECORDING", str(recording.resolve()))
        with Service(Path(folder), site) as service:
            yield service


def shown(service: Service) -> dict[str, Any]:
    state: dict[str, Any] = service.ask(PATH).json()
    return state


def counted(service: Service) -> bool:
    state = shown(service)
    return bool(state["counts"]) and state["rules"][0]["events"] > 0


def over(service: Service) -> bool:
    return not shown(service)["running"]


def begun(service: Service, **more: Any) -> bool:
    return service.ask(PATH, method="POST", said={**DRAFT, **more}).status == 200


def test_a_draft_is_tried_shown_and_over_and_nothing_of_it_is_kept(service: Service) -> None:
    service.enter()
    service.until(partial(begun, service), "that the camera's worker is connected")
    service.until(lambda: not over(service) or begun(service), "a running trial")
    service.until(partial(counted, service), "counts and an event that would be", within_s=90)
    state = shown(service)
    assert {row["line"] for row in state["counts"]} == {"tried"}
    assert {row["zone"] for row in state["occupancy"]} <= {"middle"}
    assert set(state) == {
        "running", "why_over", "begun", "until", "lines", "zones", "time", "coverage", "counts", "occupancy", "rules",
    }  # fmt: skip
    pid = service.processes()["sealed worker-1 0"]
    service.kill(pid)
    service.until(partial(over, service), "the end with the camera's process")
    assert "process" in shown(service)["why_over"]
    assert service.ask("/api/v1/events").json()["rows"] == []
    kept = b"".join(file.read_bytes() for file in service.data.rglob("worker*") if file.is_file())
    assert b"middle" in kept  # its own minutes
    assert b"tried" not in kept
    actions = {row["action"] for row in service.ask("/api/v1/audit").json()["rows"]}
    assert "trial.begun" in actions
