"""What makes a camera's process start anew, and what the process is given of files and connections."""

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule, Profile, RuleKind
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout, Line
from passerby.domain.register import NOT_REGISTERED
from passerby.domain.service import CameraPlan, DetectorPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine import camera_start as camera_start_module
from passerby.engine.camera_start import CameraStart, assignment
from passerby.messages.sandbox_messages import ViewMemory
from passerby.messages.sandbox_orders import WatchPlan
from passerby.sandbox.connection_broker import AllowList
from passerby.sandbox.limits import DEVICE
from passerby.sandbox.process import NeverStartedError, Sandbox
from testing.trial_service.site_register import registration, registration_with_events
from testing.web.made import open_event

LOCAL = ("127.0.0.0/8",)
GATE = Line("gate", np.array([[0.1, 0.5], [0.9, 0.5]], np.float32))
FILE = CameraPlan("square", CameraSource(SourceKind.FILE, file=Path("/films/a.mp4")), Layout((GATE,), (), (), None))
RTSP = replace(FILE, source=CameraSource(SourceKind.RTSP, "127.0.0.1", 554, user="u", password="one"))
SITE = SitePlan("site", "UTC", (FILE,), networks=LOCAL)


def identity(camera: CameraPlan = RTSP, site: SitePlan = SITE, pace: float = 1.0) -> bytes:
    return assignment(camera, site, pace).identity


def test_the_same_camera_is_not_started_anew_for_what_does_not_concern_it() -> None:
    assert identity() == identity()
    assert identity() == identity(site=replace(SITE, name="another", time_zone="Europe/Berlin", cameras=(FILE, RTSP)))


@pytest.mark.parametrize(
    "camera",
    [
        replace(RTSP, source=replace(RTSP.source, password="two")),
        replace(RTSP, source=replace(RTSP.source, path="/other")),
        replace(RTSP, layout=Layout((replace(GATE, points=GATE.points + np.float32(0.01)),), (), (), None)),
        replace(RTSP, analysed_fps=RTSP.analysed_fps + 1),
        replace(RTSP, masks=(np.array([[0, 0], [1, 0], [1, 1]], np.float32),)),
        FILE,
    ],
)
def test_whatever_of_a_camera_changes_starts_it_anew(camera: CameraPlan) -> None:
    assert identity(camera) != identity()


def test_a_cameras_record_and_who_has_rights_to_it_start_nothing_anew_and_go_into_no_sandbox(monkeypatch) -> None:
    known = replace(RTSP, groups=("north",), registration=registration())
    assert identity(known) == identity()
    plan = Recorded(monkeypatch).start(known)
    assert (plan.camera.groups, plan.camera.registration) == ((), NOT_REGISTERED)


def test_rules_go_in_with_what_they_need_and_only_where_the_register_has_events(monkeypatch) -> None:
    rule = EventRule("full", RuleKind.OVERCROWDING, "", 2.0, "1")
    profile = Profile("market", dates=frozenset(["2026-12-24"]))
    on = replace(RTSP, rules=(rule,), registration=registration_with_events())
    site = replace(SITE, profiles=(profile,), time_zone="Asia/Kathmandu", decode_separately=False)
    event = open_event("square", "full", 5)
    recorded = Recorded(monkeypatch)
    made = assignment(on, site)
    with made.start(None, (event,)):
        pass
    plan = recorded.plans[-1]
    assert (made.rules, plan.camera.rules, plan.profiles, plan.events) == ((rule,), (rule,), (profile,), (event,))
    assert plan.clock.offset_at(int(time.time())) == 5 * 3600 + 45 * 60
    assert plan.clock.from_s[0] <= time.time() - 86_400  # events that were open before have their hours by it too
    off = replace(on, registration=registration())
    made = assignment(off, site)
    with made.start(None, ()):
        pass
    plan = recorded.plans[-1]
    assert (made.rules, plan.camera.rules, plan.profiles, plan.clock) == ((), (), (), SiteClock())
    identities = {
        assignment(one, where).identity for one in (on, off) for where in (site, replace(SITE, decode_separately=False))
    }
    assert len(identities) == 3  # without rules, profiles and the clock make no difference


def test_another_model_pace_or_network_starts_it_anew() -> None:
    others = [replace(SITE, detector=DetectorPlan("own.onnx")), replace(SITE, networks=("10.0.0.0/8",))]
    assert len({identity(), identity(pace=2.0), *(identity(site=site) for site in others)}) == 4


class Recorded:
    """Stands in for a sandboxed process and keeps what it was started with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plans: list[WatchPlan] = []
        self.sandboxes: list[Sandbox] = []
        self.passed: list[tuple[int, ...]] = []
        self.options: list[tuple[str, ...]] = []
        self.brokers: list[threading.Thread] = []
        self.links: list[socket.socket] = []
        recorded = self

        class Process:
            started = False

            def __init__(self, sandbox, _bootstrap, plan, passed, options) -> None:
                recorded.sandboxes.append(sandbox)
                recorded.brokers += [each for each in threading.enumerate() if each.name == "route 127.0.0.1"]
                recorded.plans.append(plan)
                recorded.passed.append(passed)
                recorded.options.append(options)
                recorded.links = [socket.socket(fileno=socket.dup(number)) for number in passed]

            def __enter__(self):
                return self

            def __exit__(self, *_: object) -> None:
                for each in recorded.links:
                    each.close()

        monkeypatch.setattr(camera_start_module, "SandboxProcess", Process)

    def start(self, camera: CameraPlan, memory: ViewMemory | None = None) -> WatchPlan:
        with CameraStart(camera, DetectorPlan(), AllowList.of(LOCAL))(memory):
            pass
        return self.plans[-1]


def test_a_file_is_named_as_the_sandbox_sees_it_and_needs_no_connection(monkeypatch, tmp_path: Path) -> None:
    recorded = Recorded(monkeypatch)
    film = tmp_path / "a.mp4"
    film.touch()
    memory = ViewMemory(np.ones((2, 2), np.int8), True)
    plan = recorded.start(replace(FILE, source=CameraSource(SourceKind.FILE, file=film)), memory)
    (sandbox,) = recorded.sandboxes
    assert plan.camera.source.file == sandbox.inside(film)
    assert (plan.memory, plan.route, recorded.passed, recorded.options) == (memory, None, [()], [()])


def test_a_network_camera_gets_one_end_of_a_link_and_a_device_its_own_rights(monkeypatch) -> None:
    recorded = Recorded(monkeypatch)
    plan = recorded.start(RTSP)
    assert plan.route is not None
    assert recorded.passed == [(plan.route,)]
    # Its broker does not keep the worker from ending, and ends with the process.
    assert [broker.daemon for broker in recorded.brokers] == [True]
    recorded.brokers[0].join(60)
    assert not recorded.brokers[0].is_alive()
    recorded.start(replace(FILE, source=CameraSource(SourceKind.USB, file=Path("/dev/null"))))
    assert recorded.options == [(), (DEVICE,)]


def test_whether_a_camera_is_decoded_apart_is_the_sites_choice_and_starts_it_anew(monkeypatch) -> None:
    recorded = Recorded(monkeypatch)
    apart: list[tuple[object, ...]] = []

    class Separated:
        def __init__(self, *given: object) -> None:
            apart.append(given)

        never_started = False

        def __enter__(self):
            return self

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(camera_start_module, "SeparatedCamera", Separated)
    for camera, separate in ((RTSP, True), (RTSP, False), (FILE, True)):
        with CameraStart(camera, DetectorPlan(), AllowList.of(LOCAL), separate=separate)(None):
            pass
    assert len(apart) == 1  # a recording stays in one process
    assert len(recorded.plans) == 2
    site = SitePlan("site", "UTC", (RTSP,))
    assert site.decode_separately
    assert assignment(RTSP, site).identity != assignment(RTSP, replace(site, decode_separately=False)).identity


def test_who_analyses_the_frames_of_another_process_gets_nothing_of_the_way_in(monkeypatch, tmp_path: Path) -> None:
    given: list[tuple[Sandbox, Sandbox]] = []

    class Separated:
        never_started = False

        def __init__(self, decoding: Sandbox, analysing: Sandbox, *_: object) -> None:
            given.append((decoding, analysing))

        def __enter__(self):
            return self

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(camera_start_module, "SeparatedCamera", Separated)
    certificates, own = (Path("/etc/ssl/certs"),), tmp_path / "own.pem"
    own.touch()
    monkeypatch.setattr(
        camera_start_module, "certificate_files", lambda source: () if source.authority else certificates
    )
    for authority in (None, own):
        source = replace(RTSP.source, kind=SourceKind.RTSPS, authority=authority)
        with CameraStart(replace(RTSP, source=source), DetectorPlan(), AllowList.of(LOCAL), separate=True)(None):
            pass
    (by_system, without), (by_own, also_without) = given
    assert set(certificates) <= set(by_system.readable)
    assert own in by_own.names
    for analysing in (without, also_without):
        assert not {*certificates, own} & {*analysing.readable, *analysing.names}


def test_a_sandbox_that_never_starts_is_tried_without_its_wrapping(monkeypatch) -> None:
    recorded = Recorded(monkeypatch)
    start = CameraStart(FILE, DetectorPlan(), AllowList())
    for _ in range(2):
        with pytest.raises(NeverStartedError), start(None):
            raise NeverStartedError("bwrap: no permission")
    first, second = recorded.sandboxes
    assert second == first.bare()


def test_what_does_not_start_without_its_wrapping_either_is_wrapped_again(monkeypatch) -> None:
    recorded = Recorded(monkeypatch)
    start = CameraStart(FILE, DetectorPlan(), AllowList())
    for fault in (NeverStartedError("bwrap: no permission"), WorkerError("it ended with code 1"), WorkerError("?")):
        with pytest.raises(WorkerError), start(None):
            raise fault
    first, second, third = recorded.sandboxes
    assert (second, third) == (first.bare(), first)


def test_what_has_started_without_its_wrapping_stays_so(monkeypatch) -> None:
    recorded = Recorded(monkeypatch)
    start = CameraStart(FILE, DetectorPlan(), AllowList())
    for fault in (NeverStartedError("bwrap: no permission"), WorkerError("it was killed"), WorkerError("?")):
        with pytest.raises(WorkerError), start(None) as process:
            cast("Any", process).started = not isinstance(fault, NeverStartedError)
            raise fault
    first, second, third = recorded.sandboxes
    assert (second, third) == (first.bare(), first.bare())


def test_the_system_s_certificates_are_read_unless_the_site_names_its_own_authority(
    monkeypatch, tmp_path: Path
) -> None:
    recorded = Recorded(monkeypatch)
    system = (Path("/etc/ssl/certs"),)
    monkeypatch.setattr(camera_start_module, "certificate_files", lambda _source: system)
    secure = replace(RTSP, source=replace(RTSP.source, kind=SourceKind.RTSPS))
    recorded.start(secure)
    own = tmp_path / "own.pem"
    own.touch()
    recorded.start(replace(secure, source=replace(secure.source, authority=own)))
    assert set(system) <= set(recorded.sandboxes[0].readable)
    assert not set(system) & set(recorded.sandboxes[1].readable)
    assert own in recorded.sandboxes[1].names
