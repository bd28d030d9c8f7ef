"""A site file that is drawn into: begun or continued, its comments and secrets kept, never written over unseen."""

import asyncio
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.drawing.site_drawings import SiteDrawings
from passerby.ports import ConfigurationConflictError
from passerby.recordings.drawing.site import RecordingSite, camera_name

LINES = {"lines": {"gate": {"points": ((0.5, 0.2), (0.5, 0.8))}}}
TEXT = """\
# ours
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/s", user: counter, password: hidden}   # north mast
    masks: [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]]
  other: {}
"""


def test_a_new_file_is_begun_and_written_with_the_first_drawing(tmp_path: Path) -> None:
    video, path = tmp_path / "films" / "Trg (1).mp4", tmp_path / "new.site.yaml"
    site = RecordingSite.open(path, None, video, 8642)
    assert (site.camera, path.exists()) == ("Trg-1", False)
    drawn = asyncio.run(SiteDrawings(site).change("Trg-1", LINES, "me", None))
    assert drawn.keys["lines"] == LINES["lines"]
    assert path.read_text() == (
        "# Lines and zones drawn with passerby draw.\ncameras:\n  Trg-1:\n"
        '    source: {file: "films/Trg (1).mp4"}\n'
        "    lines:\n      gate: {points: [[0.5, 0.2], [0.5, 0.8]]}\n"
    )
    plan = site.plan
    assert [line.name for line in plan.cameras[0].layout.lines] == ["gate"]
    assert (plan.cameras[0].runs, plan.server.port) == (True, 8642)


def test_a_file_that_is_there_keeps_its_comments_and_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    site = RecordingSite.open(path, "square", tmp_path / "x.mp4", 0)
    assert "hidden" not in asyncio.run(site.newest()).text
    asyncio.run(SiteDrawings(site).change("square", LINES, "me", None))
    written = path.read_text()
    assert 'password: "hidden"}   # north mast' in written
    assert written.startswith("# ours\n")
    assert "masks" not in written
    asyncio.run(site.roll_back(1, "me"))
    assert "masks: [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]]" in path.read_text()
    assert [version.number for version in asyncio.run(site.versions())] == [1, 2, 3]


def test_which_camera_it_is_has_to_be_known(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    for camera, what in ((None, "there are 2 cameras"), ("gate", "there is no camera gate")):
        with pytest.raises(PasserbyError, match=f"{what}. Name one of them with --camera: square, other"):
            RecordingSite.open(path, camera, tmp_path / "x.mp4", 0)
    path.write_text("cameras: {square: {lines: 5}}")
    with pytest.raises(SiteFileError):
        RecordingSite.open(path, None, tmp_path / "x.mp4", 0)


def test_what_something_else_has_written_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    drawings = SiteDrawings(RecordingSite.open(path, "square", tmp_path / "x.mp4", 0))
    path.write_text(TEXT + "# by hand\n")
    with pytest.raises(ConfigurationConflictError, match="changed by something else"):
        asyncio.run(drawings.change("square", LINES, "me", None))
    assert path.read_text() == TEXT + "# by hand\n"
    begun = RecordingSite.open(tmp_path / "begun.yaml", None, tmp_path / "x.mp4", 0)
    (tmp_path / "begun.yaml").write_text(TEXT)
    with pytest.raises(ConfigurationConflictError):
        asyncio.run(SiteDrawings(begun).change("x", LINES, "me", None))


def test_faults_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    site = RecordingSite.open(tmp_path / "site.yaml", None, tmp_path / "x.mp4", 0)
    assert "x must lie between 0 and 1" in site.faults("cameras: {x: {lines: {a: {points: [[2, 0], [0, 1]]}}}}")[0]
    assert "is not in it" in site.faults("cameras: {y: {}}")[0]
    assert not (tmp_path / "site.yaml").exists()


@pytest.mark.parametrize(("file", "name"), [("ä.mp4", "camera"), ("a b.c.mp4", "a-b-c"), ("-x-.avi", "x")])
def test_a_camera_is_named_for_its_recording(file: str, name: str) -> None:
    assert camera_name(Path(file)) == name
