"""A whole service whose camera does not answer: one event, whatever is killed, what is decided and who is notified."""

import base64
import json
import os
import signal
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from passerby.publish.outlets.signature import signed_headers
from testing.ports import free_port
from testing.servers.webhook_receiver import Receiver, answer, serving
from testing.trial_service.service import Service
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER
from testing.web.authority import Authority

pytestmark = pytest.mark.slow

EVENTS = (
    "operational_events: {enabled: true, legal_basis: {ground: public_task, law: Safety Act s. 2}, recipients: [room]}"
)
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
    + "recipients:\n"
    "  room:\n"
    "    public: Control room\n"
    "    webhook: {url: 'https://localhost:HOOK/s3cret', secret_from: ROOM, inside: true, authority: authority.pem}\n"
    "    cameras: [square]\n"
)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        yield Path(folder)


@pytest.fixture
def receiver(folder: Path) -> Iterator[Receiver]:
    """Away at first: the attempt before the kill fails."""
    with serving(Authority(folder).certificate("localhost"), [answer(503), answer(204)]) as receiver:
        yield receiver


@pytest.fixture
def service(folder: Path, receiver: Receiver) -> Iterator[Service]:
    ports = {"PORT": free_port(), "NOWHERE": free_port(), "HOOK": receiver.port}
    site = SITE
    for name, port in ports.items():
        site = site.replace(name, str(port))
    with Service(folder, site, {"ROOM": SECRET}) as service:
        yield service


def events(service: Service) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = service.ask("/api/v1/events").json()["rows"]
    return rows


def updated(service: Service, after: str) -> bool:
    rows = events(service)
    return bool(rows) and rows[0]["state"] == "open" and rows[0]["updated"] > after


def runs(service: Service, name: str) -> bool:
    return name in service.processes()


def types(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["type"].removeprefix("passerby.notice.") for each in receiver.received]


def test_an_event_is_one_whatever_is_killed_and_ends_where_its_camera_is_paused(
    service: Service, receiver: Receiver
) -> None:
    service.enter()
    service.until(lambda: events(service), "an event")
    (event,) = events(service)
    assert (event["camera"], event["rule"], event["kind"], event["state"]) == (
        "square", "blind", "camera_state", "open",
    )  # fmt: skip
    last, names = events(service)[0]["updated"], ("sealed worker-1 0", "worker-1", "hub")
    service.until(partial(runs, service, names[0]), "the camera's process")
    service.until(lambda: receiver.received, "an attempt at a notice")
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
    service.until(lambda: len(receiver.received) == 3, "the notice of the end")
    assert types(receiver) == ["raised", "raised", "closed"]
    first, again, end = receiver.received
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != end.headers["webhook-id"]
    for each in receiver.received:
        sent_s = int(each.headers["webhook-timestamp"])
        signed = signed_headers(SECRET, each.headers["webhook-id"], each.body, sent_s)
        assert each.headers["webhook-signature"] == signed["webhook-signature"]
        assert [row["id"] for row in json.loads(each.body)["data"]["events"]] == [event["id"]]
    (room,) = service.ask("/api/v1/recipients").json()["rows"]
    assert (room["delivered"], room["waiting"], room["failed"]) == (2, 0, 0)
    log = service.log.read_text(encoding="utf-8")
    assert "s3cret" not in log
    assert SECRET not in log
