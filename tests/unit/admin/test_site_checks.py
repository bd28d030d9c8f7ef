"""What the doctor finds of a site: each fault by itself, on real sockets, files and databases."""

import asyncio
import json
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.admin import site_checks
from passerby.admin.findings import Finding, Outcome
from passerby.admin.site_checks import (
    camera_finding,
    database_finding,
    model_finding,
    port_finding,
    register_finding,
    rules_finding,
    site_findings,
)
from passerby.config.service import ServiceSite
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.domain.register import Registration, Tier, Wording
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.service_folder import ServiceFolder
from passerby.sandbox.connection_broker import AllowList
from passerby.store.migration import VERSION_TABLE
from passerby.store.opening import open_store
from testing.trial_service.site_register import camera_record, registration, registration_with_events

LOCAL = AllowList.of(["127.0.0.0/8"])
PLAN = SitePlan("site", "UTC", ())


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def looked(source: CameraSource, allowed: AllowList = LOCAL) -> Finding:
    return camera_finding(CameraPlan("a", source, Layout((), (), (), None)), allowed)


def rtsp(port: int, **keys: object) -> CameraSource:
    return CameraSource(SourceKind.RTSP, "127.0.0.1", port, "/x?key=canary", password="canary", **keys)  # type: ignore[arg-type]


def test_a_camera_that_answers_is_not_spoken_to(listening: socket.socket) -> None:
    found = looked(rtsp(listening.getsockname()[1]))
    assert found.outcome is Outcome.OK
    link, _ = listening.accept()
    with link:
        link.settimeout(60)
        assert link.recv(100) == b""


def test_a_camera_that_does_not_answer_or_may_not_be_reached(listening: socket.socket, tmp_path: Path) -> None:
    port = listening.getsockname()[1]
    refused = looked(rtsp(port), AllowList())
    assert refused.outcome is Outcome.FAIL
    assert "not in the networks" in refused.why
    assert f"{refused.why} {refused.do}".lower().count("list its network under network.cameras") == 1
    unknown = looked(CameraSource(SourceKind.HTTP, "camera.invalid", 80))
    assert (unknown.outcome, "camera.invalid is not known" in unknown.why) == (Outcome.FAIL, True)
    listening.close()
    gone = looked(rtsp(port))
    assert gone.outcome is Outcome.FAIL
    assert "cannot be reached" in gone.why
    blind = looked(rtsp(port, authority=tmp_path / "gone.pem"))
    assert "gone.pem cannot be read" in blind.why
    assert "canary" not in f"{refused}{unknown}{gone}{blind}"


def test_files_and_devices(tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    assert looked(CameraSource(SourceKind.FILE, file=film)).outcome is Outcome.FAIL
    film.touch()
    assert looked(CameraSource(SourceKind.FILE, file=film)).outcome is Outcome.OK
    assert "is no file" in looked(CameraSource(SourceKind.FILE, file=tmp_path)).why
    assert "is no device" in looked(CameraSource(SourceKind.USB, file=film)).why
    assert looked(CameraSource(SourceKind.USB, file=Path("/dev/video99"))).do == "Is the camera plugged in?"
    assert looked(CameraSource(SourceKind.USB, file=Path("/dev/null"))).outcome is Outcome.OK


def test_ports(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    assert port_finding("127.0.0.1", port, running=False).outcome is Outcome.FAIL
    assert port_finding("127.0.0.1", port, running=True).outcome is Outcome.OK
    listening.close()
    assert port_finding("127.0.0.1", port, running=False).outcome is Outcome.OK
    assert port_finding("192.0.2.1", port, running=False).outcome is Outcome.FAIL


def test_models(tmp_path: Path) -> None:
    assert model_finding(None).outcome is Outcome.OK
    assert model_finding(str(tmp_path / "gone.onnx")).outcome is Outcome.FAIL
    (tmp_path / "own.onnx").touch()
    assert "a file of your own" in model_finding(str(tmp_path / "own.onnx")).why


def test_databases(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)
    assert "will be made" in database_finding(PLAN, folder).why
    assert list(tmp_path.iterdir()) == []

    async def make() -> None:
        await (await open_store(folder.store_url(None))).close()

    asyncio.run(make())
    found = database_finding(PLAN, folder)
    assert (found.outcome, "its tables are of revision" in found.why) == (Outcome.OK, True)
    folder.database.write_bytes(b"this is no database at all" * 100)
    assert database_finding(PLAN, folder).outcome is Outcome.FAIL
    away = SitePlan("site", "UTC", (), store_url="postgresql://u:canary@127.0.0.1:1/d")
    found = database_finding(away, folder)
    assert found.outcome is Outcome.FAIL
    assert "canary" not in f"{found}"


def revised(database: Path, revision: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = ?", (revision,))
    connection.close()


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)

    async def make() -> None:
        await (await open_store(folder.store_url(None))).close()

    asyncio.run(make())
    revised(folder.database, "of_next_year")
    newer = database_finding(PLAN, folder)
    assert (newer.outcome, "newer passerby" in newer.why) == (Outcome.FAIL, True)
    revised(folder.database, "0001")
    older = database_finding(PLAN, folder)
    assert (older.outcome, older.do) == (Outcome.WARN, "Back it up; the next start brings it up to date")


@pytest.mark.parametrize(
    ("zone", "outcome"), [("Europe/Berlin", Outcome.OK), ("UTC", Outcome.WARN), ("Europe/Atlantis", Outcome.FAIL)]
)
def test_a_site_is_looked_at_as_a_whole(tmp_path: Path, zone: str, outcome: Outcome) -> None:
    films = [CameraPlan(name, CameraSource(SourceKind.FILE, file=tmp_path / name), Layout((), (), (), None))
             for name in ("a", "b")]  # fmt: skip
    (tmp_path / "a").touch()
    plan = SitePlan("square", zone, tuple(films))
    found = list(site_findings(ServiceSite(plan, ("c has no source",)), ServiceFolder(tmp_path)))
    by_name = {finding.name: finding.outcome for finding in found}
    assert by_name["time zone"] is outcome
    assert (by_name["camera a"], by_name["camera b"]) == (Outcome.OK, Outcome.FAIL)
    assert [(finding.outcome, finding.why) for finding in found if finding.name == "site file"] == [
        (Outcome.OK, "square: 2 cameras to run"),
        (Outcome.WARN, "c has no source"),
    ]
    assert {"detector", "database", "port"} <= set(by_name)


def test_a_password_over_an_open_line_is_mentioned(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    assert "unencrypted" in looked(rtsp(port, user="u")).why
    assert "unencrypted" not in looked(rtsp(port)).why


def test_the_gaps_of_a_record_are_named() -> None:
    camera = CameraPlan("a", rtsp(1), Layout((), (), (), None))
    missing = register_finding(replace(camera, registration=Registration(gaps=("title", "controller.name"))))
    assert missing.outcome is Outcome.FAIL
    assert "title, controller.name" in missing.why
    assert register_finding(replace(camera, registration=registration())).outcome is Outcome.OK
    paused = Registration(camera_record(), paused=Wording({"": "Works"}))
    assert register_finding(replace(camera, registration=paused)).outcome is Outcome.WARN
    tiers = frozenset(Tier)
    waiting = register_finding(replace(camera, registration=Registration(replace(camera_record(), tiers=tiers))))
    assert waiting.outcome is Outcome.WARN
    assert "impact_assessment.risks" in waiting.why


def test_rules_that_do_not_run_are_named_with_what_the_register_lacks() -> None:
    rule = EventRule("full", RuleKind.SATURATED, "square", 1, "1")
    camera = CameraPlan("a", rtsp(1), Layout((), (), (), None), rules=(rule, rule), registration=registration())
    idle = rules_finding(camera)
    assert idle.outcome is Outcome.WARN
    assert idle.why.startswith("its 2 rules will not run: the register lacks operational_events.enabled")
    watched = rules_finding(replace(camera, registration=registration_with_events()))
    assert (watched.outcome, watched.why) == (Outcome.OK, "its 2 rules are watched")


def test_rules_that_raise_too_many_alarms_are_named_while_the_service_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ServiceFolder(tmp_path)
    folder.status.write_text(json.dumps({"burden": ["rule jam of square raises 200 alarms a day"]}))
    monkeypatch.setattr(site_checks, "is_running", lambda _: False)
    assert list(site_checks.burden_findings(folder)) == []
    monkeypatch.setattr(site_checks, "is_running", lambda _: True)
    (finding,) = site_checks.burden_findings(folder)
    assert (finding.name, finding.why) == ("alarms", "rule jam of square raises 200 alarms a day")
