"""Recordings that are missing, empty, no recordings, or too small to see anybody in."""

from pathlib import Path

import pytest

from testing.films import film, sound_alone
from tests.bad_input.command import left_in, passerby, refused

pytestmark = pytest.mark.slow


def make_bad(kind: str, path: Path) -> None:
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("Dear council,\nplease find attached the video.\n" * 50)
    elif kind == "zeros":
        path.write_bytes(bytes(100_000))
    elif kind == "sound":
        sound_alone(path)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("missing", "no such file"),
        ("empty", "empty"),
        ("folder", "no recording in this folder"),
        ("text", "no video could be read"),
        ("zeros", "no video could be read"),
        ("sound", "no video stream"),
    ],
)
@pytest.mark.asvs("5.2.2")
def test_what_is_no_video_is_refused_in_one_sentence(kind: str, word: str, tmp_path: Path) -> None:
    make_bad(kind, tmp_path / "street.mp4")
    before = left_in(tmp_path)
    refused(passerby("count", "street.mp4", "--json", "counts.json", folder=tmp_path), "street.mp4", word)
    assert left_in(tmp_path) == before


def test_a_folder_without_video_is_refused(tmp_path: Path) -> None:
    refused(passerby("count", ".", folder=tmp_path), "no recording in this folder")


@pytest.mark.parametrize("name", ["[/x].mp4", "[red]x.mp4", "a b'\"\\.mp4", "-x.mp4", "é\u202e.mp4"])
def test_a_strange_name_is_no_reason_to_stumble(name: str, tmp_path: Path) -> None:
    said = passerby("count", "--", name, folder=tmp_path)
    refused(said, "no such file", name[:3])


@pytest.mark.parametrize("side_px", [2, 16])
def test_a_picture_too_small_for_people_is_refused(side_px: int, tmp_path: Path) -> None:
    film(tmp_path / "dot.mp4", codec="mjpeg", size_px=(side_px, side_px))
    said = passerby("count", "dot.mp4", "--json", "counts.json", folder=tmp_path)
    refused(said, f"{side_px}x{side_px} px", "32x32")
    assert left_in(tmp_path) == {"dot.mp4"}


def test_one_pixel_is_refused(tmp_path: Path) -> None:
    film(tmp_path / "dot.mp4", codec="mjpeg", size_px=(1, 1), times_s=(0.0,))
    refused(passerby("count", "dot.mp4", folder=tmp_path), "1x1 px")


def test_8k_is_counted(tmp_path: Path) -> None:
    film(tmp_path / "wide.mp4", codec="mjpeg", size_px=(7680, 4320), times_s=(0.0, 0.1, 0.2))
    said = passerby("count", "wide.mp4", "--json", "counts.json", folder=tmp_path)
    assert said.code == 0, said.err
    assert (tmp_path / "counts.json").stat().st_size


def test_a_still_is_not_a_recording(tmp_path: Path) -> None:
    film(tmp_path / "still.mp4", codec="mjpeg", size_px=(320, 240), times_s=(0.0,))
    said = passerby("count", "still.mp4", folder=tmp_path)
    refused(said, code=3)
    assert "only one usable picture" in said.out


@pytest.mark.parametrize("ending", ["h264", "m4v", "mjpeg"])
def test_a_stream_without_a_clock_is_counted_and_its_time_called_a_guess(ending: str, tmp_path: Path) -> None:
    codec = {"h264": "h264", "m4v": "mpeg4", "mjpeg": "mjpeg"}[ending]
    film(tmp_path / f"bare.{ending}", codec=codec, container=ending, size_px=(160, 128))
    said = passerby("count", f"bare.{ending}", "--json", "counts.json", folder=tmp_path)
    refused(said, code=3)
    assert "a guess" in said.out
    assert "a guess" in (tmp_path / "counts.json").read_text()
