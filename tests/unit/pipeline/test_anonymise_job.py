"""One recording from file to anonymous film: its shape, and what is said of parts that could not be read."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.errors import SourceError
from passerby.ingest.anonymise.guard import MaskReason
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


@pytest.mark.slow
def test_a_joined_recording_of_two_shapes_is_one_film_that_shows_both(tmp_path: Path) -> None:
    ground = np.random.default_rng(1).integers(60, 190, (15, 20, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    path = tmp_path / "joined.ts"
    for aspect in (Fraction(1), Fraction(4, 3)):
        with av.open(str(tmp_path / "part.ts"), "w") as output:
            stream = output.add_stream("h264", rate=5)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            stream.codec_context.sample_aspect_ratio, stream.options = aspect, {"bf": "0", "g": "5"}
            for _ in range(60):
                output.mux(stream.encode(av.VideoFrame.from_ndarray(ground, format="bgr24")))
            output.mux(stream.encode())
        path.write_bytes((path.read_bytes() if path.exists() else b"") + (tmp_path / "part.ts").read_bytes())
    report = anonymise_video(AnonymisePlan(path, tmp_path / "out.mp4"), lambda part: None)
    assert report.frames == 120
    assert MaskReason.FAULT not in report.masked
    with av.open(str(tmp_path / "out.mp4"), "r") as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert {picture.shape for picture in pictures} == {(240, 320)}
    assert min(float(pictures[number][40:-40].std()) for number in (30, 55, 90, 115)) > 15
    assert max(float(pictures[number][:24].mean()) for number in (90, 115)) < 30 < float(pictures[55][:24].mean())


def test_a_film_has_the_shape_in_which_its_recording_is_seen(tmp_path: Path) -> None:
    flat = film(tmp_path / "flat.mp4", codec="h264", size_px=(160, 64), pixel_aspect=Fraction(1, 2))
    anonymise_video(AnonymisePlan(flat, tmp_path / "o:ut.mp4"), lambda part: None)
    with av.open(f"file:{tmp_path}/o:ut.mp4", "r") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (160, 128)
        assert stream.sample_aspect_ratio in (None, 0, 1)
