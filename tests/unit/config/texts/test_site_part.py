"""A node's part of a site file runs as its cameras would run on the hub's machine, and holds nothing else's secrets."""

from dataclasses import replace
from pathlib import Path

from passerby.config.service import service_site
from passerby.config.texts.site_part import SiteParts, part_sha256, signed_content
from passerby.domain.service import SitePlan
from passerby.domain.sources import CameraSource
from testing.trial_service.site_register import registered

SITE = registered("""
site: {name: Märket 😀, time_zone: Europe/Berlin, made_up_before: "2026-01-01"}
cameras:
  quay:
    node: quay-cabinet
    source: {rtsp: "rtsp://10.0.0.5/a", user: u, password_from: QUAY}
    lines: {gate: {points: [[0.1, 0.5], [0.9, 0.5]], forward: "in: \\"x\\"", backward: out}}
    rules: {dark: {kind: camera_state, longer_than_s: 60, profiles: [market]}}
  mole:
    node: quay-cabinet
    source: {http: "http://10.0.0.6/mjpeg", user: u}
  own: {source: {rtsp: "rtsp://10.0.0.7/a", user: u, password: of-the-hub}}
  other: {node: harbour, source: {rtsp: "rtsp://10.0.0.8/a", user: u, password: of-the-harbour}}
  paused: {node: quay-cabinet, source: {file: a.mp4}, register: {paused: For a while.}}
profiles: {market: {}}
recipients: {}
network: {cameras: [10.0.0.0/8]}
workers: {cameras_each: 2}
server: {port: 9000}
store: {url: "postgresql://u:of-the-store@db/x"}
""")


class Kept:
    """The passwords that are kept encrypted."""

    def password(self, camera: str, _source: CameraSource) -> str:
        return "stored" if camera == "mole" else ""


def plan_of(text: str, **environment: str) -> SitePlan:
    return service_site(text, "site.yaml", Path("/srv"), environment, stored=Kept()).plan


WHOLE = plan_of(SITE, QUAY="from outside")
PART = SiteParts(SITE, WHOLE).text_of("quay-cabinet")


def test_its_cameras_run_as_they_would_on_the_hubs_machine() -> None:
    part = service_site(PART, "part", Path("/srv"), {}).plan
    assert [camera.name for camera in part.cameras] == ["quay", "mole"]
    assert part.running_on("quay-cabinet") == part.cameras
    assert (part.name, part.time_zone, part.networks) == ("Märket 😀", "Europe/Berlin", ("10.0.0.0/8",))
    assert (part.cameras_per_worker, part.profiles) == (2, WHOLE.profiles)
    for camera in part.cameras:
        whole = WHOLE.camera(camera.name)
        assert whole is not None
        assert camera.source == whole.source
        assert (camera.rules, camera.registration, camera.node) == (whole.rules, whole.registration, whole.node)
        assert [line.forward_name for line in camera.layout.lines] == [line.forward_name for line in whole.layout.lines]
    assert [camera.source.password for camera in part.cameras] == ["from outside", "stored"]


def test_it_holds_no_secret_of_others_and_nothing_of_the_hub() -> None:
    for word in ("of-the-", "harbour", '"own"', "9000", "2026-01-01", "paused", "QUAY"):
        assert word not in PART
    assert service_site(PART, "part", Path("/srv"), {}).plan.store_url is None


def test_a_node_without_cameras_has_a_part_that_runs_none() -> None:
    plan = service_site(SiteParts(SITE, WHOLE).text_of("elsewhere"), "part", Path("/srv"), {}).plan
    assert plan.cameras == ()


def test_a_camera_whose_password_cannot_be_read_is_left_out() -> None:
    cameras = tuple(replace(one, fault="unreadable") if one.name == "mole" else one for one in WHOLE.cameras)
    assert "mole" not in SiteParts(SITE, replace(WHOLE, cameras=cameras)).text_of("quay-cabinet")


def test_what_is_signed_differs_with_everything_that_it_says() -> None:
    signed = {
        signed_content(site, node, number, leases, text)
        for site in ("a", "b") for node in ("n", "m") for number in (1, 2) for text in (b"x", b"y")
        for leases in ({"quay": 1}, {"quay": 2}, {})
    }  # fmt: skip
    assert len(signed) == 48


def test_parts_are_told_apart_by_all_that_they_say_and_not_by_its_order() -> None:
    told = {part_sha256(leases, text) for leases in ({}, {"a": 1}, {"a": 2}) for text in (b"x", b"y")}
    assert len(told) == 6
    assert part_sha256({"a": 1, "b": 2}, b"x") == part_sha256({"b": 2, "a": 1}, b"x")


def test_a_workers_part_holds_its_cameras_wherever_the_site_file_has_them_and_places_them_on_its_machine() -> None:
    text = SiteParts(SITE, WHOLE).text_of("rack-3", ["own", "paused", "gone"])
    part = service_site(text, "part", Path("/srv"), {}).plan
    assert [(camera.name, camera.node, camera.source.password) for camera in part.cameras] == [
        ("own", "rack-3", "of-the-hub")
    ]
    assert "of-the-harbour" not in text


def test_what_is_signed_for_a_worker_is_for_no_other_and_that_for_a_node_is_as_ever() -> None:
    mine, others, nodes = (signed_content("s", "n", 1, {}, b"x", worker) for worker in ("worker-1", "worker-2", ""))
    assert len({mine, others, nodes}) == 3
    assert nodes == signed_content("s", "n", 1, {}, b"x")
