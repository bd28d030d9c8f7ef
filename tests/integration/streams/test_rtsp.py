"""Cameras over real RTSP: what they send is decoded, what they do wrong is reported."""

import itertools
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from passerby.domain.health import CameraState
from passerby.domain.sources import SourceKind
from passerby.ingest.raw import RawFrame
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, packed
from testing.source_tree import ROOT
from testing.waiting import WITHIN_S
from tests.integration.streams.watching import HASTY, frames, source_of, wait_for, watching


def steps_s(seen: list[RawFrame]) -> list[float]:
    return [later.stamp.stream_s - earlier.stamp.stream_s for earlier, later in itertools.pairwise(seen)]


@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg4", "mjpeg"])
def test_frames_of_every_codec_come_at_their_pace(coded, codec: str) -> None:
    with RtspCamera(packed(coded(codec))) as camera:
        live = watching(source_of(camera))
        began_s = time.monotonic()
        seen = frames(live, 15)
        took_s = time.monotonic() - began_s
        live.stop()
    assert live.condition.state is CameraState.ONLINE
    assert {frame.size_px for frame in seen} == {(160, 128)}
    # On a busy machine one is overtaken now and then.
    assert min(steps_s(seen)) == pytest.approx(0.1, abs=0.011)
    assert all(step_s / 0.1 == pytest.approx(round(step_s / 0.1), abs=0.11) for step_s in steps_s(seen))
    assert took_s > 1.0
    indices = [frame.stamp.index for frame in seen]
    assert indices == sorted(set(indices))


def test_only_as_many_frames_as_are_analysed_are_handed_out(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera), analysed_fps=2.0)
        seen = frames(live, 4)
        live.stop()
    assert min(steps_s(seen)) == pytest.approx(0.5, abs=0.011)
    came, _, damaged = live.take_counts()
    assert came >= 15
    assert damaged == 0


def test_who_is_slow_gets_the_newest_frame_and_the_others_are_counted(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        first = frames(live, 1)[0]
        time.sleep(1.0)
        second = frames(live, 1)[0]
        live.stop()
    assert second.stamp.stream_s - first.stamp.stream_s > 0.7
    assert live.take_counts()[1] >= 6


def test_user_and_password(noise: Film) -> None:
    with RtspCamera(noise, user="viewer", password='S3c"ret é') as camera:
        live = watching(source_of(camera))
        frames(live, 2)
        live.stop()
        assert camera.requests[-1][0] in ("PLAY", "TEARDOWN")
        wrong = watching(source_of(camera, password="other"))
        wait_for(wrong, CameraState.OFFLINE)
        wrong.stop()
    assert "does not accept the user 'viewer' or the password" in wrong.condition.why


def test_a_wrong_password_is_not_tried_in_a_hurry(noise: Film) -> None:
    with RtspCamera(noise, user="viewer", password="right") as camera:
        wrong = watching(source_of(camera, password="wrong"))
        wait_for(wrong, CameraState.OFFLINE)
        first = camera.connections
        time.sleep(HASTY.longest_pause_s / 2)
        assert camera.connections == first == 1
        wrong.stop()


def test_a_camera_that_changes_its_resolution_is_followed(noise: Film, larger: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        frames(live, 3)
        camera.show(larger)
        until_s = time.monotonic() + WITHIN_S
        while frames(live, 1)[0].stamp.size_px != (320, 240):
            assert time.monotonic() < until_s
        camera.show(noise)
        while frames(live, 1)[0].size_px != (160, 128):
            assert time.monotonic() < until_s
        live.stop()
        assert camera.connections == 1


def test_a_camera_that_changes_its_codec_is_connected_to_anew(coded, noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        before = frames(live, 3)
        camera.film = packed(coded("hevc"))
        camera.drop()
        after = frames(live, 15)
        live.stop()
    assert after[-1].stamp.stream_s > before[-1].stamp.stream_s + 1.0
    assert live.condition.state is CameraState.ONLINE


def test_a_silent_camera_is_connected_to_anew(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        frames(live, 3)
        camera.faults.silent = True
        wait_for(live, CameraState.CONNECTING)
        assert "the next picture did not come within 1 s" in live.condition.why
        assert live.condition.threshold == 1.0
        assert live.condition.measured is not None
        assert live.condition.measured > 1.0
        wait_for(live, CameraState.OFFLINE)
        camera.faults.silent = False
        wait_for(live, CameraState.ONLINE)
        live.stop()
        assert camera.connections >= 2


def test_a_frozen_camera_is_reported_and_gives_no_frames(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        frames(live, 3)
        camera.faults.frozen = True
        wait_for(live, CameraState.FROZEN)
        assert "same picture" in live.condition.why
        assert live.condition.threshold == HASTY.frozen_s
        assert [frame for frame, _ in zip(live, range(3), strict=False)] == [None] * 3
        camera.faults.frozen = False
        wait_for(live, CameraState.ONLINE)
        live.stop()


@pytest.mark.slow
def test_lost_packets_cost_the_pictures_that_they_damage(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.faults.lose_every = 40
        live = watching(source_of(camera))
        frames(live, 8, within_s=90.0)
        live.stop()
    came, _, damaged = live.take_counts()
    assert came >= 8
    assert damaged > 0


@pytest.mark.slow
def test_ffmpegs_own_client_sees_the_same_camera(noise: Film) -> None:
    with RtspCamera(noise, user="viewer", password="secret") as camera:
        address = f"rtsp://viewer:secret@127.0.0.1:{camera.port}/main"
        with av.open(address, options={"rtsp_transport": "tcp"}) as container:
            for number, frame in enumerate(container.decode(video=0)):
                assert (frame.width, frame.height) == (160, 128)
                if number == 5:
                    break


def test_several_viewers_see_the_same_place(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        lives = [watching(source_of(camera)) for _ in range(3)]
        for live in lives:
            frames(live, 2)
        assert camera.watched == 3
        for live in lives:
            live.stop()


def test_a_wrong_path_and_a_port_that_speaks_no_rtsp(noise: Film) -> None:
    with RtspCamera(noise, path="/other") as camera:
        source = source_of(camera)
        live = watching(type(source)(SourceKind.RTSP, "127.0.0.1", camera.port, "/main"))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert "no such stream (answer 404)" in live.condition.why


def test_a_port_where_nobody_listens(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        source = source_of(camera)
    live = watching(source)
    wait_for(live, CameraState.OFFLINE)
    live.stop()
    assert "cannot be reached: Connection refused" in live.condition.why


@pytest.mark.slow
def test_the_camera_runs_as_a_program(coded) -> None:
    command = [sys.executable, "-m", "testing.rtsp_camera", str(coded("h264")), "--port", "0", "--path", "/sub"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        try:
            assert program.stdout is not None
            address = program.stdout.readline().strip()
            assert address.endswith("/sub")
            with av.open(address, options={"rtsp_transport": "tcp"}) as container:
                assert next(container.decode(video=0)).width == 160
        finally:
            program.terminate()
    assert program.returncode == 0
    missing = [sys.executable, "-m", "testing.rtsp_camera", str(Path("missing.mp4"))]
    assert subprocess.run(missing, cwd=ROOT, capture_output=True, check=False).returncode == 2


@pytest.mark.slow
def test_a_pause_between_two_rounds_is_a_gap_in_the_stream(noise: Film) -> None:
    with RtspCamera(noise, pause_s=0.7) as camera:
        live = watching(source_of(camera))
        seen = frames(live, 35)
        live.stop()
    assert max(steps_s(seen)) == pytest.approx(0.8, abs=0.35)
    assert camera.connections == 1
