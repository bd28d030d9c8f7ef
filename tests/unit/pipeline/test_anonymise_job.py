"""One recording from file to anonymous film: its shape, and what is said of parts that could not be read."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from passerby.domain.errors import SourceError
from passerby.messages.sandbox_orders import AnonymisePlan
from passerby.pipeline.anonymise_job import anonymise_video
from testing.films import film

THREE_SECONDS = tuple(number / 10 for number in range(30))


def cut(source: Path, path: Path, share: float) -> Path:
    content = source.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(
        tmp_path_factory.mktemp("street") / "street.mkv",
        codec="h264", size_px=(160, 128), times_s=THREE_SECONDS, noisy=True,
    )  # fmt: skip


def test_a_whole_recording_lacks_nothing(street: Path, tmp_path: Path) -> None:
    report = anonymise_video(AnonymisePlan(street, tmp_path / "out.mp4"), lambda part: None)
    assert (report.frames, report.losses) == (30, ())


def test_what_could_not_be_read_is_said(street: Path, tmp_path: Path) -> None:
    half = cut(street, tmp_path / "half.mkv", 0.5)
    report = anonymise_video(AnonymisePlan(half, tmp_path / "out.mp4"), lambda part: None)
    assert 8 < report.frames < 22
    assert any("of the 3.0 s that it promises: its end is damaged" in loss for loss in report.losses)


def test_one_picture_of_a_film_is_no_film(street: Path, tmp_path: Path) -> None:
    with av.open(str(street), "r") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        share = (packets[1].pos or 0) / street.stat().st_size
    one = cut(street, tmp_path / "one.mkv", share)
    with pytest.raises(SourceError, match=r"only one usable picture.*No film was written"):
        anonymise_video(AnonymisePlan(one, tmp_path / "out.mp4"), lambda part: None)
    assert not (tmp_path / "out.mp4").exists()


def test_a_film_has_the_shape_in_which_its_recording_is_seen(tmp_path: Path) -> None:
    flat = film(tmp_path / "flat.mp4", codec="h264", size_px=(160, 64), pixel_aspect=Fraction(1, 2))
    anonymise_video(AnonymisePlan(flat, tmp_path / "o:ut.mp4"), lambda part: None)
    with av.open(f"file:{tmp_path}/o:ut.mp4", "r") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (160, 128)
        assert stream.sample_aspect_ratio in (None, 0, 1)
