"""A whole service whose camera does not answer: one event, whatever is killed, and what people decide about it."""

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from testing.ports import free_port
from testing.trial_service.service import Service
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER

pytestmark = pytest.mark.slow

EVENTS = "operational_events: {enabled: true, legal_basis: {ground: public_task, law: Safety Act s. 2}}"
WRITTEN = ", ".join(
    f"{field}: {{text: Considered, by: A. Person, date: 2026-01-31}}"
    for field in ("necessity", "risks", "officer_advice", "views")
)
RULE = "    rules: {blind: {kind: camera_state, longer_than_s: 2, cool_down_s: 5}}\n"
SITE = (
    "network: {cameras: [127.0.0.0/8]}\n"
    "server: {port: PORT}\n"
    "cameras:\n"
    "  square:\n"
    "    source: {rtsp: rtsp://127.0.0.1:NOWHERE/main}\n"
    + RULE
    + f"    {CAMERA_REGISTER.replace('{title', f'{{{EVENTS}, title', 1)}\n"
    + SITE_REGISTER.replace("DPIA 1", f"DPIA 1, opinion: 07-1/2026, {WRITTEN}")
)


@pytest.fixture
def service() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        site = SITE.replace("PORT", str(free_port())).replace("NOWHERE", str(free_port()))
        with Service(Path(folder), site) as service:
            yield service


def events(service: Service) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = service.ask("/api/v1/events").json()["rows"]
    return rows


def updated(service: Service, after: str) -> bool:
    rows = events(service)
    return bool(rows) and rows[0]["state"] == "open" and rows[0]["updated"] > after


def runs(service: Service, name: str) -> bool:
    return name in service.processes()


def test_an_event_is_one_whatever_is_killed_and_ends_where_its_camera_is_paused(service: Service) -> None:
    service.enter()
    service.until(lambda: events(service), "an event")
    (event,) = events(service)
    assert (event["camera"], event["rule"], event["kind"], event["state"]) == (
        "square", "blind", "camera_state", "open",
    )  # fmt: skip
    last, names = events(service)[0]["updated"], ("sealed worker-1 0", "worker-1", "hub")
    service.until(partial(runs, service, names[0]), "the camera's process")
    for pid in [service.processes()[name] for name in names]:
        service.kill(pid)
    service.until(partial(updated, service, last), "the event after all were killed")
    assert [(row["id"], row["start"]) for row in events(service)] == [(event["id"], event["start"])]
    path = f"/api/v1/events/{event['id']}"
    assert service.ask(f"{path}/decisions", method="POST", said={"kind": "judged", "verdict": "true"}).status == 201
    (rule,) = service.ask("/api/v1/rules").json()["rows"]
    assert (rule["rule"], rule["events"], rule["true"], rule["precision"]) == ("blind", 1, 1, 1.0)
    with service._browser.open(service.address + "/api/v1/live", timeout=30) as live:
        for line in live:
            if line == b"event: event\n":
                assert json.loads(next(live)[5:])["id"] == event["id"]
                break
    service.site.write_text(service.site.read_text().replace("title: M", "paused: Street works, title: M", 1))
    os.kill(service.pid, signal.SIGHUP)
    service.until(lambda: events(service)[0]["state"] == "closed", "the end of the event, whose camera is paused")
    detail = service.ask(path).json()
    assert detail["why"].endswith("It ended because the camera is not watched any more.")
    assert [one["verdict"] for one in detail["decisions"]] == ["true"]
    actions = [row["action"] for row in service.ask("/api/v1/audit").json()["rows"]]
    assert actions.count("event.judged") == 1
