"""Settings of several cameras over HTTP: all or none, never over another's change, and never wider unseen."""

from typing import Any

import httpx

from testing.web.fakes import FakeConfigurations, Service

PATH = "/api/v1/camera-settings"
TEXT = """\
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: "********"}
    analysed_fps: 5  # the mast shakes
    groups: [centre]
  gate:
    source: {rtsp: "rtsp://10.0.0.8/x"}
    anonymise: {mode: redrawn}
"""


def service() -> Service:
    return Service(configurations=FakeConfigurations(TEXT))


def tags(made: Service) -> dict[str, str]:
    return {row["camera"]: row["tag"] for row in made.get(PATH).json()["rows"]}


def body(made: Service, *, widens: bool = False, **changes: Any) -> dict[str, Any]:
    """The same changes of both cameras."""
    found = tags(made)
    return {"changes": [{"camera": name, "tag": tag, **changes} for name, tag in found.items()], "widens": widens}


def put(made: Service, asked: dict[str, Any]) -> httpx.Response:
    return made.put(PATH, json=asked)


def text_of(made: Service) -> str:
    return made.configurations.kept[-1].text


def test_settings_are_read_as_the_site_file_has_them() -> None:
    rows = service().get(PATH).json()["rows"]
    shown = [(row["camera"], row["analysed_fps"], row["mode"], row["groups"], row["purposes"]) for row in rows]
    assert shown == [("square", 5, None, ["centre"], None), ("gate", None, "redrawn", None, None)]


def test_several_cameras_are_changed_as_one_version() -> None:
    made = service()
    answer = put(made, body(made, analysed_fps=8, groups=["centre", "fair"]))
    assert answer.status_code == 200, answer.text
    assert [row["analysed_fps"] for row in answer.json()["rows"]] == [8, 8]
    assert len(made.configurations.kept) == 2
    assert "analysed_fps: 8.0  # the mast shakes" in text_of(made)
    assert text_of(made).count("[centre, fair]") == 2
    back = put(made, body(made, analysed_fps=None, mode=None))
    assert [row["analysed_fps"] for row in back.json()["rows"]] == [None, None]
    assert "anonymise" not in text_of(made)


def test_a_change_from_older_settings_is_refused_whole() -> None:
    made = service()
    asked = body(made, analysed_fps=8)
    one = {"changes": [{**asked["changes"][1], "groups": ["fair"]}]}
    assert put(made, one).status_code == 200
    refused = put(made, asked)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed-meanwhile")
    assert len(made.configurations.kept) == 2


def test_a_registered_camera_is_not_widened_unseen() -> None:
    made = service()
    asked = body(made, purposes=["traffic_statistics", "crowd_safety"], mode="mosaic")
    check = made.post(f"{PATH}/validate", json=asked).json()
    assert check["faults"] == []
    assert {one["camera"] for one in check["widened"]} == {"square", "gate"}
    assert any("crowd_safety too" in one["what"] for one in check["widened"])
    assert any("mosaic" in one["what"] for one in check["widened"])
    refused = put(made, asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "widens-purpose")
    assert len(made.configurations.kept) == 1
    assert put(made, {**asked, "widens": True}).status_code == 200
    assert [entry.action for entry in made.store.audit_rows].count("camera.widened") == len(check["widened"])


def test_faults_name_their_camera() -> None:
    made = service()
    asked = body(made, groups=["not a group"])
    (first, _) = made.post(f"{PATH}/validate", json=asked).json()["faults"]
    assert first["camera"] == "square"
    assert "cameras.square.groups" in first["what"]
    assert (put(made, asked).status_code, put(made, asked).json()["code"]) == (422, "site-file-refused")


def test_an_unknown_camera() -> None:
    answer = put(service(), {"changes": [{"camera": "sqare", "tag": "x", "analysed_fps": 5}]})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-camera")
