"""Values of a camera: read, changed where they are still what they were, and held to what a site file has to keep."""

import pytest

from passerby.config.texts.camera_edits import OutdatedEditError, camera_values, edit_faults, with_edits
from passerby.domain.configurations import CameraEdit, tag_of

TEXT = """\
cameras:
  square:
    source: {rtsp: "********", password: "********"}
    zones: {benches: {points: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]]}}
    rules:
      crowded: {kind: overcrowding, zone: benches, above_people: 40}  # by the fire brigade
  gate: {source: {rtsp: "rtsp://10.0.0.8/x"}}
"""
RULES = ("rules",)
CROWDED = {"kind": "overcrowding", "zone": "benches", "above_people": 40}


def rules(changed: object, tag: str | None = None) -> CameraEdit:
    return CameraEdit("square", {RULES: changed}, tag)


def test_what_stands_there() -> None:
    assert camera_values(TEXT, "square", [RULES, ("analysed_fps",), ("register", "purposes")]) == (
        {"crowded": CROWDED}, None, None,
    )  # fmt: skip


def test_a_change_by_what_stood_there() -> None:
    tag = tag_of(camera_values(TEXT, "square", [RULES]))
    changed = with_edits(TEXT, [rules({"crowded": {**CROWDED, "above_people": 50}}, tag)])
    assert changed == TEXT.replace("40", "50")
    with pytest.raises(OutdatedEditError, match="square"):
        with_edits(changed, [rules(None, tag)])
    assert "rules" not in with_edits(changed, [rules(None)])


def test_cameras_are_changed_together() -> None:
    edits = [CameraEdit(camera, {("analysed_fps",): 5}) for camera in ("square", "gate")]
    assert with_edits(TEXT, edits).count("analysed_fps: 5") == 2


def test_faults_name_their_keys_and_a_secret_that_is_left_out_is_none() -> None:
    assert edit_faults(TEXT, [rules({"crowded": CROWDED})]) == ()
    (fault,) = edit_faults(TEXT, [rules({"full: up": {"kind": "overcrowding", "zone": "bench", "above_people": 4}})])
    assert fault.where == "cameras.square.rules.'full: up'.zone"
    assert fault.what == "the text 'bench' is no zone of this camera. Did you mean benches?"


def test_what_an_alias_shares_is_a_fault() -> None:
    shared = "cameras:\n  a: &x {analysed_fps: 5}\n  b: *x\n"
    (fault,) = edit_faults(shared, [CameraEdit("b", {("analysed_fps",): 6})])
    assert "without changing other parts" in fault.what


def test_what_is_nested_too_deep_is_a_fault() -> None:
    deep: object = 1
    for _ in range(500):
        deep = {"a": deep}
    (fault,) = edit_faults(TEXT, [rules({"x": deep})])
    assert fault.what == "it is nested too deep"
