"""A whole service over a real recording: an event has a replay, which is encrypted, opened as a look, and withdrawn."""

import os
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from testing.ports import free_port
from testing.trial_service.service import Service
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER
from tests.integration.service.test_events import WRITTEN

pytestmark = pytest.mark.slow

REPLAYED = (
    "operational_events: {enabled: true, replays: true, legal_basis: {ground: public_task, law: Safety Act s. 2}}"
)
SITE = (
    "server: {port: PORT}\n"
    "cameras:\n"
    "  square:\n"
    "    source: {file: RECORDING}\n"
    "    zones: {middle: {points: [[0.05, 0.2], [0.95, 0.2], [0.95, 0.95], [0.05, 0.95]]}}\n"
    "    rules: {crowded: {kind: overcrowding, zone: middle, above_people: 2, hold_s: 2, cool_down_s: 60}}\n"
    f"    {CAMERA_REGISTER.replace('{title', f'{{{REPLAYED}, title', 1)}\n"
    + SITE_REGISTER.replace("DPIA 1", f"DPIA 1, opinion: 07-1/2026, {WRITTEN}")
)


@pytest.fixture
def service(footage: Path) -> Iterator[Service]:
    recording = footage / "pets09-s2l1" / "video.avi"
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        site = SITE.replace("PORT", str(free_port())).replace("RECORDING", str(recording.resolve()))
        with Service(Path(folder), site) as service:
            yield service


def replayed(service: Service) -> list[dict[str, Any]]:
    return [row for row in service.ask("/api/v1/events").json()["rows"] if row["replay_until"]]


def stored(service: Service) -> int:
    with closing(sqlite3.connect(service.data / "passerby.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM event_replays").fetchone()[0])


def test_a_replay_is_encrypted_opened_as_a_look_and_gone_once_the_register_says_so(service: Service) -> None:
    service.enter()
    service.until(lambda: replayed(service), "a replay", within_s=150)
    (event, *_) = replayed(service)
    path = f"/api/v1/events/{event['id']}"
    assert service.ask(f"{path}/replay").json()["code"] == "purpose-needed"
    assert service.ask(f"{path}/purpose", method="PUT").status == 200
    answer = service.ask(f"{path}/replay")
    assert answer.status == 200
    assert answer.body.startswith(b"<svg")
    assert answer.body.count(b'<use href="#pedestrian"') > 100
    opened = [row for row in service.ask("/api/v1/audit").json()["rows"] if row["action"] == "replay.opened"]
    assert [(row["subject"], row["detail"], row["purpose"]) for row in opened] == [
        ("square", event["id"], "event_safety")
    ]
    files = [file for file in service.data.iterdir() if file.is_file()]
    assert [file.name for file in files if b"\xff\xd8\xff\xe0" in file.read_bytes()] == []  # no picture lies clear
    assert (service.data / "replay.key").stat().st_mode & 0o777 == 0o600
    service.site.write_text(service.site.read_text().replace("replays: true", "replays: false"))
    os.kill(service.pid, signal.SIGHUP)
    service.until(lambda: not stored(service), "that its replays are gone")
    assert service.ask(f"{path}/replay").json()["code"] == "no-replay"
    assert service.ask(path).json()["replay_until"] is None
