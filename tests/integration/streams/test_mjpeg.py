"""Cameras that send JPEG pictures over HTTP."""

import re

import pytest

from passerby.domain.health import CameraState
from testing.rtsp_camera.mjpeg_camera import MjpegCamera, MjpegFaults, MjpegHabits
from tests.integration.streams.watching import frames, source_of, wait_for, watching


@pytest.mark.parametrize(("no_length", "chunks"), [(False, False), (True, False), (False, True), (True, True)])
def test_frames_come_with_and_without_lengths(jpegs: tuple[bytes, ...], no_length: bool, chunks: bool) -> None:
    with MjpegCamera(jpegs) as camera:
        camera.faults.no_length, camera.faults.chunks = no_length, chunks
        live = watching(source_of(camera))
        seen = frames(live, 8)
        live.stop()
    assert {frame.size_px for frame in seen} == {(160, 128)}
    assert 0.3 < seen[-1].stamp.stream_s - seen[0].stamp.stream_s < 10.0
    assert live.take_counts()[2] == 0


def test_user_and_password(jpegs: tuple[bytes, ...]) -> None:
    with MjpegCamera(jpegs, user="viewer", password="secret") as camera:
        live = watching(source_of(camera))
        frames(live, 2)
        live.stop()
        assert camera.connections == 2
        wrong = watching(source_of(camera, password="other"))
        wait_for(wrong, CameraState.OFFLINE)
        wrong.stop()
    assert "does not accept the user 'viewer'" in wrong.condition.why


@pytest.mark.parametrize(
    ("fault", "setting", "words"),
    [
        ("silent", True, "the next picture did not come within 1 s"),
        ("endless_head", True, "more than 16,384 bytes"),
        ("endless_picture", True, "did not come within 1 s|more than 33,554,432 bytes"),
        ("content_type", "text/html", "sends text/html, not a stream of JPEG pictures"),
        ("content_type", "image/jpeg", "sends one picture .*path of its MJPEG stream"),
        ("cut_short", True, "not one of its pictures could be decoded"),
    ],
)
def test_what_a_camera_does_wrong_is_reported(
    jpegs: tuple[bytes, ...], fault: str, setting: str | bool, words: str
) -> None:
    with MjpegCamera(jpegs) as camera:
        setattr(camera.faults, fault, setting)
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        assert re.search(words, live.condition.why), live.condition.why
        setattr(camera.faults, fault, "" if isinstance(setting, str) else False)
        frames(live, 2)
        live.stop()
    assert live.condition.state is CameraState.ONLINE


WORDS = b"--frontier\r\nContent-Type: text/plain\r\n%s\r\nmotion: none\r\n"
SOUND = b"--frontier\r\nContent-Type: audio/basic\r\nContent-Length: 9\r\n\r\n\xff\xd8sound\xff\xd9\r\n"


@pytest.mark.parametrize("no_length", [False, True])
@pytest.mark.parametrize(
    "habits",
    [
        MjpegHabits(no_first=True),
        MjpegHabits(no_first=True, no_head=True),
        MjpegHabits(no_head=True),
        MjpegHabits(line_end="\n", after=b"\n"),
        MjpegHabits(after=b""),
        MjpegHabits(after=b"\r\n\r\n\0\0\r\n"),
        MjpegHabits(boundary="--frontier"),
        MjpegHabits(boundary="--frontier", delimiter="----frontier"),
        MjpegHabits(boundary="frontier", delimiter="frontier"),
        MjpegHabits(boundary="--frontier", delimiter="frontier"),
        MjpegHabits(boundary='"frontier"', delimiter="--frontier  "),
        MjpegHabits(boundary="'frontier'; charset=x"),
        MjpegHabits(boundary='"a b:c?"', delimiter="--a b:c?"),
        MjpegHabits(boundary="--frontier--", delimiter="--frontier--"),
        MjpegHabits(boundary="--", delimiter="--"),
        MjpegHabits(delimiter="--another"),
        MjpegHabits(delimiter="--another", no_first=True),
        MjpegHabits(delimiter="--another", no_head=True, after=b""),
        MjpegHabits(boundary=""),
        MjpegHabits(boundary="", no_first=True),
        MjpegHabits(boundary="", before=WORDS % b""),
        MjpegHabits(after=b"\0made by a camera\xff\0" * 400 + b"\r\n"),
        MjpegHabits(before=WORDS % b""),
        MjpegHabits(before=WORDS % b"Content-Length: 12\r\n"),
        MjpegHabits(before=b"--frontier\r\nContent-Type: text/plain\r\n\r\n"),
    ],
)
def test_parts_are_found_however_they_are_written(
    jpegs: tuple[bytes, ...], habits: MjpegHabits, no_length: bool
) -> None:
    with MjpegCamera(jpegs, rate_fps=30.0) as camera:
        camera.habits, camera.faults.no_length = habits, no_length
        live = watching(source_of(camera), analysed_fps=30.0)
        frames(live, 6)
        live.stop()
        assert camera.connections == 1
    assert live.take_counts()[2] == 0


@pytest.mark.parametrize("length", [-1, -500, 2, 60, 5000, 10_000_000, "0", "-1", "many", "9" * 400])
def test_wrong_lengths_are_not_believed(jpegs: tuple[bytes, ...], length: int | str) -> None:
    with MjpegCamera(jpegs, rate_fps=30.0) as camera:
        camera.faults.length = length
        live = watching(source_of(camera), analysed_fps=30.0)
        seen = frames(live, 6)
        live.stop()
        assert camera.connections == 1
    came, _, damaged = live.take_counts()
    assert damaged == 0
    assert came == pytest.approx(seen[-1].stamp.index, abs=3)


def test_sound_between_the_pictures_is_left_out(jpegs: tuple[bytes, ...]) -> None:
    with MjpegCamera(jpegs, rate_fps=30.0) as camera:
        camera.habits = MjpegHabits(before=SOUND.replace(b"\xff\xd8", b"ab"))
        live = watching(source_of(camera), analysed_fps=30.0)
        frames(live, 6)
        live.stop()
    assert live.take_counts()[2] == 0


@pytest.mark.parametrize(("times", "seen"), [(2, True), (3, False)])
def test_a_nonce_that_is_too_old_is_replaced_a_few_times(jpegs: tuple[bytes, ...], times: int, seen: bool) -> None:
    with MjpegCamera(jpegs, user="viewer", password="secret") as camera:
        camera.faults = MjpegFaults(stale=times)
        live = watching(source_of(camera))
        if seen:
            frames(live, 1)
        else:
            wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert camera.connections == 1 + 3


def with_small_picture(picture: bytes) -> bytes:
    """The picture with another one in its EXIF segment, end and all."""
    small = b"Exif\0\0" + b"\xff\xd8" + bytes(1200) + b"\xff\xd9" + bytes(40)
    return picture[:2] + b"\xff\xe1" + (len(small) + 2).to_bytes(2, "big") + small + picture[2:]


@pytest.mark.parametrize("length", [0, "1215", "1250", "5"])
def test_the_end_of_a_small_picture_inside_is_none(jpegs: tuple[bytes, ...], length: int | str) -> None:
    with MjpegCamera(tuple(map(with_small_picture, jpegs)), rate_fps=30.0) as camera:
        camera.faults.length = length
        live = watching(source_of(camera), analysed_fps=30.0)
        frames(live, 6)
        live.stop()
        assert camera.connections == 1
    assert live.take_counts()[2] == 0


def test_a_stream_without_the_name_of_its_boundary_is_shown(jpegs: tuple[bytes, ...]) -> None:
    with MjpegCamera(jpegs) as camera:
        camera.faults = MjpegFaults(content_type="multipart/x-mixed-replace", no_length=True)
        live = watching(source_of(camera))
        frames(live, 6)
        live.stop()
        assert camera.connections == 1


def test_a_boundary_that_changes_is_followed(jpegs: tuple[bytes, ...]) -> None:
    with MjpegCamera(jpegs, rate_fps=30.0) as camera:
        live = watching(source_of(camera), analysed_fps=30.0)
        frames(live, 3)
        camera.habits = MjpegHabits(delimiter="--from-now-on")
        frames(live, 6)
        live.stop()
        assert camera.connections == 1
    assert live.take_counts()[2] == 0
