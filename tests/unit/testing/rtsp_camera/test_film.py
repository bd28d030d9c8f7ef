"""Recordings in RTP packets."""

from pathlib import Path

import pytest

from testing.films import film
from testing.rtsp_camera.film import encode, opened, packed


def test_what_is_no_h264_is_coded_anew_once(tmp_path: Path) -> None:
    recording = film(tmp_path / "film.avi", size_px=(160, 128), noisy=True)
    first = opened(recording, tmp_path / "coded")
    assert (first.codec, first.size_px, len(first.pictures)) == ("h264", (160, 128), 10)
    assert first.pictures[0].key
    assert first.length_s == pytest.approx(1.0)
    made = list((tmp_path / "coded").iterdir())
    assert len(made) == 1
    before = made[0].stat().st_mtime_ns
    assert opened(recording, tmp_path / "coded") == first
    assert [path.stat().st_mtime_ns for path in (tmp_path / "coded").iterdir()] == [before]


def test_h264_goes_through_as_it_is(tmp_path: Path) -> None:
    encode(film(tmp_path / "film.mp4", noisy=True), tmp_path / "coded.mp4")
    opened(tmp_path / "coded.mp4", tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_rare_key_pictures_are_a_reason_to_code_anew(tmp_path: Path) -> None:
    recording = film(tmp_path / "rare.mkv", codec="h264", times_s=[number / 10 for number in range(60)])
    coded = opened(recording, tmp_path / "folder")
    keys_s = [picture.send_s for picture in coded.pictures if picture.key]
    assert len(keys_s) >= 5


def test_no_packet_is_larger_than_a_network_takes(tmp_path: Path) -> None:
    encode(film(tmp_path / "film.mp4", size_px=(320, 240), noisy=True), tmp_path / "coded.mp4")
    sizes = [len(payload) for picture in packed(tmp_path / "coded.mp4").pictures for payload in picture.payloads]
    assert max(sizes) <= 1400
    assert min(sizes) > 0


def test_a_codec_that_rtp_does_not_carry_here(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="msmpeg4 is not sent over RTP here"):
        packed(film(tmp_path / "film.avi", codec="msmpeg4v3"))
