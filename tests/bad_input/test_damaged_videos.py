"""Recordings that break off or are damaged inside: what can be counted is, and the loss is told."""

import json
import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from passerby.tables.counts_json import count_schema
from tests.bad_input.command import left_in, passerby, refused

pytestmark = pytest.mark.slow


def counts(folder: Path) -> dict[str, Any]:
    """The JSON that was written, checked against its own schema."""
    jsonschema = pytest.importorskip("jsonschema")
    document: dict[str, Any] = json.loads((folder / "counts.json").read_text())
    jsonschema.validate(document, count_schema())
    return document


def damaged(source: Path, target: Path, *, zeros: bool = False) -> None:
    """Copies a file with a sixth in its middle overwritten."""
    content = np.frombuffer(source.read_bytes(), np.uint8).copy()
    hole = slice(len(content) * 5 // 12, len(content) * 7 // 12)
    length = hole.stop - hole.start
    content[hole] = 0 if zeros else np.random.default_rng(3).integers(0, 256, length, dtype=np.uint8)
    target.write_bytes(content.tobytes())


def truncated(source: Path, target: Path, share: float = 0.6) -> None:
    content = source.read_bytes()
    target.write_bytes(content[: int(len(content) * share)])


def test_the_undamaged_ones_are_watched_whole(long_videos: Path, tmp_path: Path) -> None:
    for video in sorted(long_videos.iterdir()):
        said = passerby("count", video, "--json", "counts.json", folder=tmp_path)
        assert said.code == 0, (video.name, said)
        assert counts(tmp_path)["coverage"] > 0.98, video.name


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("ending", ["avi", "mp4", "mkv", "ts"])
def test_a_hole_in_the_middle_costs_the_hole(ending: str, zeros: bool, long_videos: Path, tmp_path: Path) -> None:
    damaged(long_videos / f"long.{ending}", tmp_path / f"video.{ending}", zeros=zeros)
    said = passerby(
        "count", f"video.{ending}", "--no-picture", "--json", "counts.json", "--csv", "counts.csv", folder=tmp_path
    )
    refused(said, code=3)
    document = counts(tmp_path)
    # A sixth is damaged, and pictures that rest on it. Most of the rest is before it or after the next whole picture.
    assert 0.6 < document["coverage"] < 0.9
    assert document["frames"] > 60
    assert document["losses"]
    if lost := document["frames_lost"]:
        assert (
            f"{lost} of {document['frames'] + lost} pictures were damaged and could not be used." in document["losses"]
        )
    assert "Watched" in said.out
    assert left_in(tmp_path) == {f"video.{ending}", "counts.json", "counts.csv"}


def test_the_loss_stands_in_every_interval(long_videos: Path, tmp_path: Path) -> None:
    damaged(long_videos / "long.mp4", tmp_path / "video.mp4")
    passerby("count", "video.mp4", "--json", "counts.json", folder=tmp_path)
    document = counts(tmp_path)
    assert document["intervals"]
    for interval in document["intervals"]:
        assert interval["coverage"] * interval["length_s"] == pytest.approx(10 * document["coverage"], abs=0.3)


@pytest.mark.parametrize("ending", ["avi", "mkv"])
def test_a_cut_file_is_counted_to_its_end_and_the_rest_is_missing(
    ending: str, long_videos: Path, tmp_path: Path
) -> None:
    truncated(long_videos / f"long.{ending}", tmp_path / f"video.{ending}")
    refused(passerby("count", f"video.{ending}", "--json", "counts.json", folder=tmp_path), code=3)
    document = counts(tmp_path)
    assert document["coverage"] == pytest.approx(0.6, abs=0.08)
    assert any("its end is damaged" in loss for loss in document["losses"])


def test_a_cut_mp4_with_its_index_in_front_is_counted_to_its_end(long_videos: Path, tmp_path: Path) -> None:
    with (
        av.open(str(long_videos / "long.mp4")) as source,
        av.open(str(tmp_path / "whole.mp4"), "w", options={"movflags": "faststart"}) as output,
    ):
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    truncated(tmp_path / "whole.mp4", tmp_path / "video.mp4")
    refused(passerby("count", "video.mp4", "--json", "counts.json", folder=tmp_path), code=3)
    assert counts(tmp_path)["coverage"] == pytest.approx(0.6, abs=0.08)


def test_a_cut_mp4_with_its_index_behind_is_refused(long_videos: Path, tmp_path: Path) -> None:
    truncated(long_videos / "long.mp4", tmp_path / "video.mp4")
    refused(passerby("count", "video.mp4", "--json", "counts.json", folder=tmp_path), "no video could be read")
    assert left_in(tmp_path) == {"video.mp4"}


def test_a_file_of_which_nothing_decodes_is_refused(long_videos: Path, tmp_path: Path) -> None:
    shutil.copy(long_videos / "long.avi", tmp_path / "video.avi")
    content = np.frombuffer((tmp_path / "video.avi").read_bytes(), np.uint8).copy()
    start = content.tobytes().index(b"movi") + 4
    content[start:] = np.random.default_rng(4).integers(0, 256, len(content) - start, dtype=np.uint8)
    (tmp_path / "video.avi").write_bytes(content.tobytes())
    said = passerby("count", "video.avi", "--json", "counts.json", folder=tmp_path)
    refused(said, "not one picture could be decoded")
    assert left_in(tmp_path) == {"video.avi"}
