"""A service's plan from its site file and its environment: all faults at once, and no secret in any of them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.addresses import address_of
from passerby.config.loader import site_of_text
from passerby.config.service import left_out, load_service, secret, service_site
from passerby.config.service_keys import SourceKeys
from passerby.domain.errors import SiteFileError
from passerby.domain.film import Mode
from passerby.domain.retention import Kind, Retention
from passerby.domain.service import LIVE_FPS, SitePlan
from passerby.domain.sources import CameraSource, SourceKind, Transport

FOLDER = Path("/srv/site")
LINES = "lines: {l: {points: [[0.1, 0.1], [0.9, 0.9]]}}"


def plan_of(text: str, **environment: str) -> SitePlan:
    return service_site(text, "site.yaml", FOLDER, environment).plan


def faults_of(text: str, **environment: str) -> list[str]:
    with pytest.raises(SiteFileError) as caught:
        plan_of(text, **environment)
    return [fault.removeprefix("site.yaml:") for fault in caught.value.faults]


def source_faults(source: str) -> list[str]:
    return [
        fault.removeprefix("1 cameras.a.source").removeprefix(".")
        for fault in faults_of(f"cameras: {{a: {{source: {{{source}}}}}}}")
    ]


def test_everything_is_in_the_plan() -> None:
    text = f"""\
site: {{name: Market, time_zone: Europe/Berlin}}
cameras:
  rtsp:
    source: {{rtsp: "rtsps://CAM.example:400/sub?x=1", user: u, password: "p:w/ @", authority: ca.pem}}
    {LINES}
    analysed_fps: 8
    masks: [[[0, 0], [0.5, 0], [0, 0.5]]]
    look_closer: [[[0, 0], [0.5, 0], [0, 0.5]]]
    anonymise: {{mode: mosaic}}
  http: {{source: {{http: "http://[fd00::1]/mjpeg", user: u, password_from: HTTP_PASSWORD}}}}
  usb: {{source: {{usb: /dev/video1}}}}
  file: {{source: {{file: films/a.mp4}}}}
  none: {{}}
network: {{cameras: [10.0.0.0/8, 127.0.0.0/8]}}
detector: {{model: own.onnx, start_confidence: 0.6}}
server: {{host: "::1", port: 9000}}
store: {{url_from: STORE}}
retention: {{minutes: 7, audit: 10}}
workers: {{cameras_each: 2, decode_separately: false, outbox_gb: 0.5}}
data: kept
"""
    service = service_site(text, "site.yaml", FOLDER, {"HTTP_PASSWORD": "h", "STORE": "sqlite:///results.sqlite"})
    plan = service.plan
    assert service.warnings == ("camera none has no source and is left out: give it one to run it",)
    assert (plan.name, plan.time_zone, plan.networks) == ("Market", "Europe/Berlin", ("10.0.0.0/8", "127.0.0.0/8"))
    assert plan.detector.model == "/srv/site/own.onnx"
    assert plan.detector.start_confidence == 0.6
    assert (plan.server.host, plan.server.port, plan.cameras_per_worker) == ("::1", 9000, 2)
    assert not plan.decode_separately
    assert plan.outbox_bytes == 500_000_000
    assert plan.store_url == "sqlite:////srv/site/results.sqlite"
    assert plan.data == FOLDER / "kept"
    assert plan.retention.days(Kind.MINUTES) == 7
    assert plan.retention.days(Kind.HOURS) == Retention().days(Kind.HOURS)
    assert [camera.name for camera in plan.cameras] == ["rtsp", "http", "usb", "file"]
    rtsp, http, usb, file = (camera.source for camera in plan.cameras)
    assert (rtsp.kind, rtsp.host, rtsp.port, rtsp.path) == (SourceKind.RTSPS, "cam.example", 400, "/sub?x=1")
    assert (rtsp.user, rtsp.password, rtsp.authority) == ("u", "p:w/ @", FOLDER / "ca.pem")
    assert rtsp.shown == "rtsps://cam.example:400/sub?…"
    assert (http.kind, http.host, http.port, http.password) == (SourceKind.HTTP, "fd00::1", 80, "h")
    assert (usb.kind, usb.file) == (SourceKind.USB, Path("/dev/video1"))
    assert (file.kind, file.file) == (SourceKind.FILE, FOLDER / "films" / "a.mp4")
    first, second = plan.cameras[:2]
    assert (first.analysed_fps, first.mode, len(first.masks), len(first.closer_areas)) == (8, Mode.MOSAIC, 1, 1)
    assert (second.analysed_fps, second.mode, second.masks) == (LIVE_FPS, Mode.REDRAWN, ())
    assert "p:w" not in repr(plan)


def test_a_little_is_enough() -> None:
    plan = plan_of("cameras: {a: {source: {file: /films/a.mp4}}}")
    assert plan.cameras[0].source.file == Path("/films/a.mp4")
    assert (plan.store_url, plan.data, plan.networks, plan.server.host) == (None, None, (), "127.0.0.1")


def test_what_the_environment_lacks_is_reported_at_once() -> None:
    text = """\
cameras:
  a: {source: {rtsp: rtsp://h/, user: u, password_from: ONE}}
  b: {source: {rtsp: rtsp://h/, user: u, password_from: TWO}}
  c: {source: {rtsp: rtsp://h/, user: u, password_from: THREE}}
store: {url_from: FOUR}
"""
    missing = "is not set, and no systemd credential has this name. Set it where passerby is started"
    assert faults_of(text, TWO="", THREE="ok", FOUR="mysql://canary") == [
        f"2 cameras.a.source.password_from: the environment variable ONE {missing}",
        "3 cameras.b.source.password_from: the variable TWO must hold 1 to 1000 printable letters",
        "5 store.url_from: the variable FOUR holds no sqlite:/// or postgresql:// URL",
    ]


def test_systemd_credentials_are_taken(tmp_path: Path) -> None:
    (tmp_path / "CAMERA").write_text("secret\n")
    (tmp_path / "BROKEN").write_bytes(b"\xff")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path), "OTHER": "first"}
    assert secret("CAMERA", environment) == "secret"
    assert secret("OTHER", environment) == "first"
    assert secret("BROKEN", environment) is None
    assert secret("GONE", environment) is None
    assert secret("CAMERA", {}) is None


def test_an_interval_that_changes_nothing_is_a_warning() -> None:
    text = "cameras: {a: {source: {usb: /dev/video0}}}\n"
    assert service_site(text, "site.yaml", FOLDER, {}).warnings == ()
    warned = service_site(text + "intervals: {inside_s: 60}\n", "site.yaml", FOLDER, {}).warnings
    assert [warning.partition(" has ")[0] for warning in warned] == ["intervals.inside_s"]


def test_a_site_without_a_source_runs_and_watches_nothing() -> None:
    warned = service_site("cameras:\n  a: {}\n  b: {}\n", "site.yaml", FOLDER, {})
    assert warned.plan.cameras == ()
    assert [warning.partition(" has no source")[0] for warning in warned.warnings] == ["camera a", "camera b"]
    (warning,) = service_site("site: {name: New}\n", "site.yaml", FOLDER, {}).warnings
    assert warning.startswith("there is no camera, so nothing is watched")
    site, _ = site_of_text("cameras: {a: {}}", "site.yaml")
    assert len(left_out(site)) == 1


@pytest.mark.parametrize(
    ("source", "reported"),
    [
        ("user: u", ": say where the pictures come from: exactly one of file, rtsp, http and usb is needed"),
        ("file: a.mp4, usb: /dev/video0", "usb: exactly one of file, rtsp, http and usb is possible, got file and usb"),
        ("file: a.mp4, user: u", "user: this is for cameras on the network: with file, take it away"),
        ('rtsp: "rtsp://h", password: p', "password: a password needs a user beside it"),
        ('rtsp: "rtsp://h", user: u, password: p, password_from: P',
         "password_from: password and password_from were both given: keep one"),
        ('rtsp: "rtsp://h", authority: ca.pem',
         "authority: certificates are checked with rtsps:// only: take it away, or encrypt"),
        ('rtsp: "http://h"', "rtsp: the address must begin with rtsp:// or rtsps://, such as rtsp://10.1.2.3/stream"),
        ('http: "file:///etc/passwd"', "http: the address must begin with http:// or https://, such as http://10.1.2.3/stream"),
        ("usb: /etc/passwd", "usb: the device file of a USB camera is needed, such as /dev/video0"),
        ("usb: /dev/video0/../../x", "usb: the device file of a USB camera is needed, such as /dev/video0"),
        ('rtsp: "rtsp://h", user: "a:b"', "user: a user has 1 to 200 printable letters and no colon"),
        ('rtsp: "rtsp://h", user: u, password: 1234', "password: text is needed (put it in quotes), got a number"),
        (
            'rtsp: "rtsp://h", user: u, password_from: "canary pass"',
            "password_from: the name of an environment variable is needed, such as CAMERA_PASSWORD, not the secret "
            "itself",
        ),
    ],
)  # fmt: skip
def test_one_fault_of_a_source(source: str, reported: str) -> None:
    assert source_faults(source) == [reported]


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://admin:canary@10.0.0.1/x",
        "rtsp://admin:can/ary@10.0.0.1/x",
        "rtsp://10.0.0.1/user=a&password=canary&channel=1",
        "rtsp://10.0.0.1/x?user=a&pwd=canary",
        "rtsp://canary@h/",
        "rtsp://h/x y canary",
        "rtsp://canary:99999/x",
        "rtsp://canary..x/",
        "rtsp://[canary]/x",
        "rtsp:///canary",
        "rtsp://h/#canary",
        "rtsp://h:0/canary",
        "rtsp://[fe80::1%canary]/",
        "canary",
        "ftp://canary",
        "rtsp://cänary/",
        "rtsp://h/" + "canary" * 200,
    ],
)
def test_an_address_that_cannot_be_used_is_not_repeated(address: str) -> None:
    (fault,) = source_faults(f'rtsp: "{address}"')
    assert fault.startswith("rtsp: ")
    assert "can" not in fault.replace("cannot", "").replace("can be", "")


def test_other_keys_of_the_service() -> None:
    text = """\
cameras: {a: {source: {file: a.mp4}}}
network: {cameras: [10.0.0.5/8, canal, 10.0.0.0/8]}
server: {host: 0.0.0.0, port: 70000}
store: {url: "postgres://u:canary@h", url_from: X}
retention: {minutes: 500, hours: 0, days: 10}
workers: {cameras_each: 0}
data: http://canary/x
"""
    assert faults_of(text) == [
        "2 network.cameras[0]: the text '10.0.0.5/8' is no range of addresses. Did you mean 10.0.0.0/8?",
        "2 network.cameras[1]: the text 'canal' is no range of addresses. Write a range such as 10.20.0.0/16 or "
        "fd00:20::/32.",
        "3 server.host: beyond this machine itself (127.0.0.1, ::1 or localhost) it is served over TLS, or behind a "
        "proxy that is named: give server.tls, or server.behind",
        "3 server.port: it must be at most 65535, got 70000",
        "4 store: give either url or url_from, both were given; without store, an SQLite file in the data folder is "
        "used",
        "4 store.url: write sqlite:///path/to/file or postgresql://user:password@host:port/database",
        "5 retention.days: days are kept for 10 days, less than the 400 days of quarters, from which they are made. "
        "Keep days as long, or quarters shorter",
        "5 retention.hours: hours are kept for 0 days, less than the 400 days of quarters, from which they are made. "
        "Keep hours as long, or quarters shorter",
        "5 retention.minutes: quarters are kept for 400 days, less than the 500 days of minutes, from which they are "
        "made. Keep quarters as long, or minutes shorter",
        "6 workers.cameras_each: it must be at least 1, got 0",
        "7 data: this is an address, not a path. A camera's address goes to rtsp or http",
    ]


@settings(max_examples=80)
@given(days=st.dictionaries(st.sampled_from(list(Kind)), st.integers(1, 900), min_size=1, max_size=4))
def test_the_file_and_the_domain_refuse_the_same_retention(days: dict[Kind, int]) -> None:
    keys = ", ".join(f"{kind.value}: {length}" for kind, length in days.items())
    try:
        limits = Retention(days)
    except ValueError:
        assert faults_of(f"cameras: {{a: {{source: {{file: a.mp4}}}}}}\nretention: {{{keys}}}\n")
    else:
        plan = plan_of(f"cameras: {{a: {{source: {{file: a.mp4}}}}}}\nretention: {{{keys}}}\n")
        assert all(plan.retention.days(kind) == limits.days(kind) for kind in Kind)


@given(text=st.text(max_size=60) | st.from_regex(r"rtsps?://[a-z0-9.:@\[\]%/?#&=]{0,40}", fullmatch=True))
def test_any_address_is_taken_apart_or_refused(text: str) -> None:
    try:
        address = address_of(text, (SourceKind.RTSP, SourceKind.RTSPS))
    except ValueError as error:
        assert str(error)
        return
    assert address.host
    assert 1 <= address.port <= 65_535
    assert address.path.startswith("/")
    assert "@" not in address.path.partition("?")[0]


def test_a_file_is_loaded_by_its_own_folder(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("cameras: {a: {source: {file: a.mp4}}}")
    assert load_service(path, {}).plan.cameras[0].source.file == tmp_path / "a.mp4"
    with pytest.raises(SiteFileError, match="cannot be read"):
        load_service(tmp_path / "gone.yaml", {})


@pytest.mark.parametrize(
    ("source", "port", "transport"),
    [
        ('rtsp: "rtsp://h/x"', 554, Transport.TCP),
        ('rtsp: "rtsp://h/x", transport: udp', 554, Transport.UDP),
        ('rtsp: "rtsp://h/x", transport: http', 80, Transport.HTTP),
        ('rtsp: "rtsps://h/x", transport: http', 443, Transport.HTTP),
        ('rtsp: "rtsp://h:8080/x", transport: http', 8080, Transport.HTTP),
        ('rtsp: "rtsp://h:554/x", transport: http', 554, Transport.HTTP),
    ],
)
def test_the_way_of_the_pictures_and_its_port(source: str, port: int, transport: Transport) -> None:
    plan = service_site(f"cameras: {{a: {{source: {{{source}}}}}}}", "site.yaml", Path(), {}).plan
    assert (plan.cameras[0].source.port, plan.cameras[0].source.transport) == (port, transport)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('rtsp: "rtsps://h/x", transport: udp', "not encrypted"),
        ('http: "http://h/x", transport: udp', "for rtsp:// and rtsps:// only"),
        ("usb: /dev/video0, transport: udp", "for cameras on the network"),
        ('rtsp: "rtsp://h/x", transport: multicast', "transport"),
        ("usb: /dev/video0, basic_without_tls: true", "for cameras on the network"),
    ],
)
def test_ways_that_there_are_not(source: str, words: str) -> None:
    with pytest.raises(SiteFileError, match=words):
        service_site(f"cameras: {{a: {{source: {{{source}}}}}}}", "site.yaml", Path(), {})


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ('rtsp: "rtsp://h/main", streams: ["rtsp://h/sub?x=1", "RTSP://H:554/third"]', ("/sub?x=1", "/third")),
        ('rtsp: "rtsp://h/main", transport: http, streams: ["rtsp://h/sub"]', ("/sub",)),
        ('http: "https://h/main", streams: ["https://h:443/sub"]', ("/sub",)),
        ('rtsp: "rtsp://h/main", streams: []', ()),
    ],
)
def test_smaller_streams_of_the_same_camera(source: str, paths: tuple[str, ...]) -> None:
    plan = service_site(f"cameras: {{a: {{source: {{{source}}}}}}}", "site.yaml", Path(), {}).plan
    assert plan.cameras[0].source.streams == paths
    assert plan.cameras[0].source.path == "/main"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('rtsp: "rtsp://h/main", streams: ["rtsp://other/sub"]', r"streams\[0\]: .* the same protocol, host and port"),
        ('rtsp: "rtsp://h/main", streams: ["rtsps://h:554/sub"]', "the same protocol, host and port"),
        ('rtsp: "rtsp://h/main", streams: ["rtsp://h/sub", "rtsp://h:8554/sub"]', r"streams\[1\]: "),
        ('rtsp: "rtsp://h/main", streams: ["rtsp://h/main"]', "was given before"),
        ('rtsp: "rtsp://h/main", streams: ["rtsp://h/a", "rtsp://h/a"]', r"streams\[1\]: .* was given before"),
        ('rtsp: "rtsp://h/main", streams: [/sub]', "the address must begin with rtsp://"),
        ('rtsp: "rtsp://h/main", streams: ["rtsp://u:secret@h/sub"]', "credentials do not belong into the address"),
        ('rtsp: "rtsp://h/main", streams: "rtsp://h/sub"', "streams"),
        (
            'rtsp: "rtsp://h/1", streams: ["rtsp://h/2", "rtsp://h/3", "rtsp://h/4", "rtsp://h/5", "rtsp://h/6"]',
            "streams",
        ),
        ('file: a.mp4, streams: ["rtsp://h/sub"]', "for cameras on the network"),
    ],
)
def test_streams_that_are_not_the_cameras_own(source: str, words: str) -> None:
    with pytest.raises(SiteFileError, match=words) as refused:
        service_site(f"cameras: {{a: {{source: {{{source}}}}}}}", "site.yaml", Path(), {})
    assert "secret" not in str(refused.value)


def test_a_password_in_clear_is_warned_about() -> None:
    text = "cameras: {{a: {{source: {{rtsp: '{}://h/x', basic_without_tls: true}}}}}}"
    (warning,) = service_site(text.format("rtsp"), "site.yaml", Path(), {}).warnings
    assert warning.startswith("cameras.a.source.basic_without_tls: ")
    assert "in clear" in warning
    assert service_site(text.format("rtsps"), "site.yaml", Path(), {}).warnings == ()


def test_a_site_is_loaded_with_its_passwords_unless_only_the_store_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}}}\n")
    with pytest.raises(SiteFileError, match="NOT_HERE"):
        load_service(path, {})
    assert load_service(path, {}, passwords=False).plan.cameras[0].name == "a"


class Stored:
    """Encrypted passwords, of which each opens."""

    def password(self, camera: str, _: CameraSource) -> str:
        return f"stored of {camera}"


def test_a_stored_password_goes_to_network_cameras_with_a_user_that_have_none_in_the_file() -> None:
    text = """\
cameras:
  rtsp: {source: {rtsp: "rtsp://cam/1", user: u}}
  http: {source: {http: "https://cam/1", user: u}}
  open: {source: {rtsp: "rtsp://cam/2"}}
  own: {source: {rtsp: "rtsp://cam/3", user: u, password: p}}
  file: {source: {file: a.mp4}}
"""
    plan = service_site(text, "site.yaml", FOLDER, {}, stored=Stored()).plan
    assert {camera.name: camera.source.password for camera in plan.cameras} == {
        "rtsp": "stored of rtsp", "http": "stored of http", "open": "", "own": "p", "file": "",
    }  # fmt: skip


def test_no_password_is_in_what_python_shows_of_the_keys() -> None:
    assert "canary" not in repr(SourceKeys(rtsp="rtsp://cam/1", user="u", password="canary"))


def test_the_map_counts_from_the_site_file_s_folder_and_is_named_in_the_file_itself() -> None:
    text = "site: {map: maps/city.pmtiles}\ncameras: {}\n"
    found = service_site(text, "site.yaml", Path("/srv"), {})
    assert found.plan.map_file == Path("/srv/maps/city.pmtiles")
    with pytest.raises(SiteFileError, match=r"site.map: over HTTP it stays as it is"):
        service_site(text.replace("maps/city", "other"), "site.yaml", Path("/srv"), {}, tied=found.references)
    assert service_site("cameras: {}\n", "site.yaml", Path("/srv"), {}).plan.map_file is None
