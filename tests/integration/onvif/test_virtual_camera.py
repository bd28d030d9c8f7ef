"""A virtual ONVIF camera that plays real footage: found, asked, and its recommended stream played, over sockets."""

import asyncio
import json
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from passerby.cli.cameras import cameras_app
from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.device import ProbedCamera
from passerby.onvif.discovery import GROUP, discover
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials
from testing.onvif_camera import virtual_camera
from testing.onvif_camera.virtual_camera import MAIN_PX, PASSWORD, SUB_PX, USER, VirtualCamera

pytestmark = pytest.mark.slow
PATIENCE_S = 60.0
FRAMES = 12
DARKEST_SPREAD = 20
"""Standard deviation of the footage's brightness is some 50; that of an empty picture is 0."""


@pytest.fixture(scope="module")
def camera(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualCamera]:
    recording = footage / "pets09-s2l1" / "video.avi"
    with virtual_camera.playing(recording, tmp_path_factory.mktemp("camera")) as one:
        yield one


def multicast_works() -> bool:
    """A datagram to the group of discovery, through loopback, arrives here."""
    datagrams = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*datagrams) as listening, socket.socket(*datagrams) as sending:
        listening.bind(("", 0))
        listening.settimeout(2.0)
        here = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex("lo"))
        try:
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, here)
            sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
            sending.sendto(b"?", (GROUP, listening.getsockname()[1]))
            return listening.recv(9) == b"?"
        except OSError:
            return False


def asked(camera: VirtualCamera, password: str = PASSWORD) -> ProbedCamera:
    address = DeviceAddress("127.0.0.1", camera.onvif_port)
    return asyncio.run(probe(address, Credentials(USER, password), PATIENCE_S))


def test_it_answers_a_question_of_its_own(camera: VirtualCamera) -> None:
    found = discover(2.0, interface="lo", also=("127.0.0.1",), port=camera.discovery_port)
    (direct,) = [one for one in found if one.sender == "127.0.0.1"]
    assert direct.name == "Virtual-square"
    assert direct.address == f"127.0.0.1:{camera.onvif_port}"
    assert not direct.elsewhere


def test_it_answers_a_question_to_everybody(camera: VirtualCamera) -> None:
    """The question goes to the multicast group on loopback; the answer may come from another of our own addresses."""
    if not multicast_works():
        pytest.skip("loopback carries no multicast here")
    found = discover(2.0, interface="lo", port=camera.discovery_port)
    assert {one.name for one in found} == {"Virtual-square"}
    assert {one.services[0].shown for one in found} == {f"http://127.0.0.1:{camera.onvif_port}/onvif/device_service"}


def test_it_tells_its_profiles_and_where_they_stream(camera: VirtualCamera) -> None:
    reported = asked(camera)
    assert (reported.facts.maker, reported.facts.model) == ("PythonCam", "VirtualCam-1")
    main, sub = reported.profiles
    assert (main.width_px, main.height_px, main.codec, main.fps) == (*MAIN_PX, "H264", virtual_camera.FPS)
    assert (sub.width_px, sub.height_px) == SUB_PX
    assert [profile.address and profile.address.shown for profile in (main, sub)] == [
        f"rtsp://127.0.0.1:{camera.rtsp_port}/video_main",
        f"rtsp://127.0.0.1:{camera.rtsp_port}/video_sub",
    ]


def test_a_wrong_password_is_a_clear_error(camera: VirtualCamera) -> None:
    with pytest.raises(SourceError, match=f"refuses user '{USER}' with this password") as caught:
        asked(camera, "wrong-Passw0rd")
    assert "wrong-Passw0rd" not in str(caught.value)


def test_the_recommended_stream_plays_the_footage(camera: VirtualCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_PASSWORD", PASSWORD)
    host = f"127.0.0.1:{camera.onvif_port}"
    arguments = ["probe", host, "--user", USER, "--password-from", "VIRTUAL_PASSWORD", "--timeout", "60", "--json"]
    result = CliRunner().invoke(cameras_app, arguments)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    (recommended,) = [row for row in json.loads(result.stdout)["profiles"] if row["recommended"]]
    assert (recommended["width_px"], recommended["height_px"]) == MAIN_PX
    assert len(recommended["with"]) == 1
    options = {"rtsp_transport": "tcp", "allowed_media_types": "video"}
    with av.open(recommended["address"], options=options, timeout=(PATIENCE_S, PATIENCE_S)) as stream:
        frames = [frame for frame, _ in zip(stream.decode(video=0), range(FRAMES), strict=False)]
    assert len(frames) == FRAMES
    assert {(frame.width, frame.height) for frame in frames} == {MAIN_PX}
    assert min(frame.to_ndarray(format="gray").std() for frame in frames) > DARKEST_SPREAD


@pytest.mark.parametrize("ahead_s", [-3 * 3600.0])
def test_a_camera_with_a_wrong_clock_is_asked_all_the_same(footage: Path, tmp_path: Path, ahead_s: float) -> None:
    recording = footage / "mixed" / "video.mp4"
    with virtual_camera.playing(recording, tmp_path, ahead_s) as late:
        reported = asked(late)
    assert len(reported.profiles) == 2
    assert reported.clock_ahead_s == pytest.approx(ahead_s, abs=60)
    assert "3.0 h behind" in reported.notes[0]
