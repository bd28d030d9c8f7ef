"""Cameras that do not do as the standard has it, and that FFmpeg or GStreamer play all the same."""

import base64
import re
from dataclasses import replace

import pytest

from passerby.domain.health import CameraState
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, packed
from testing.rtsp_camera.habits import Habits
from tests.integration.streams.watching import HASTY, frames, source_of, wait_for, watching

USER, PASSWORD = "u", "p@s:s/w#%ü\"\\ €'"


def plays(film: Film, habits: Habits, *, user: str = "", count: int = 3, path: str = "/main") -> RtspCamera:
    """Returns the camera, whose pictures came, and came over one connection."""
    with RtspCamera(film, user=user, password=PASSWORD if user else "", path=path) as camera:
        camera.habits = habits
        live = watching(source_of(camera))
        seen = frames(live, count)
        live.stop()
        assert camera.connections == 1
    assert {frame.size_px for frame in seen} == {(160, 128)}
    assert live.take_counts()[2] == 0
    return camera


@pytest.mark.slow
@pytest.mark.parametrize(
    "habits",
    [
        Habits(nonce_uses=1, session_timeout_s=1.0),
        Habits(nonce_uses=1, session_timeout_s=1.0, stale=True, challenge_more=""),
        Habits(nonce_uses=2, session_timeout_s=1.0, no_parameters=True),
        Habits(nonce_uses=1, session_timeout_s=1.0, public="OPTIONS, DESCRIBE", sequence="none"),
        Habits(nonce_uses=1, session_timeout_s=1.0, sequence="one"),
        Habits(no_session=True, session_field="{name};timeout=1"),
    ],
)
def test_a_sign_of_life_that_is_asked_for_a_new_nonce_is_sent_again(noise: Film, habits: Habits) -> None:
    camera = plays(noise, habits, user=USER, count=25)
    signs = [method for method, _ in camera.requests if method in ("OPTIONS", "GET_PARAMETER")]
    assert len(signs) > 4


@pytest.mark.parametrize(
    "habits",
    [
        Habits(realm="Kamera-Süd".encode().decode("latin-1")),
        Habits(realm="Kamera-Süd"),
        Habits(realm="DOMAIN\\user, the 2nd"),
        Habits(realm=""),
        Habits(algorithm="SHA-256"),
        Habits(algorithm="SHA-256-sess"),
        Habits(algorithm="SHA-512-256", challenge_more=', qop="auth", userhash=true'),
        Habits(algorithm="MD5-sess", challenge_more=', qop="auth,auth-int", opaque="a b"'),
        Habits(challenge_more=', qop="auth-int"'),
        Habits(challenge_more=', domain="/", Basic realm="other"'),
    ],
)
def test_every_challenge_is_met(noise: Film, habits: Habits) -> None:
    plays(noise, habits, user=USER)


@pytest.mark.slow
@pytest.mark.parametrize(
    "habits",
    [
        Habits(transport=""),
        Habits(transport="RTP/AVP/TCP;unicast"),
        Habits(transport="RTP/AVP;unicast;interleaved={channels}"),
        Habits(transport="RTP/AVP/TCP;ssrc=22345684; Interleaved = {channels}", channel=4),
        Habits(channel=2),
        Habits(sends_on=6),
        Habits(transport="", sends_on=2),
        Habits(session_field=""),
        Habits(session_field="{name} ; Timeout = {timeout}", session_timeout_s=1.0),
        Habits(session_field='{name};timeout="{timeout}"', session_timeout_s=1.0),
        Habits(session_field="{name};timeout=0"),
        Habits(sequence="none"),
        Habits(sequence="zero"),
        Habits(sequence="one"),
        Habits(sequence="behind"),
        Habits(twice=True),
        Habits(line_end="\n"),
        Habits(no_range=True),
        Habits(stray_every=3),
        Habits(short_by=3),
        Habits(short_by=5),
        Habits(no_parameters=True, session_timeout_s=1.0),
    ],
)
def test_odd_answers_are_understood(noise: Film, habits: Habits) -> None:
    plays(noise, habits, count=13 if habits.session_timeout_s else 3)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/main", "/cam/realmonitor?channel=1&subtype=0"])
@pytest.mark.parametrize(
    "habits",
    [
        Habits(content_base="{address}"),
        Habits(content_base=""),
        Habits(content_base="192.0.2.1:8086/"),
        Habits(content_base="/live/", set_up_at="/live/trackID=0"),
        Habits(content_base="", control="/live/track1", set_up_at="/live/track1"),
        Habits(content_base="rtsp://10.9.9.9/x/", control="rtsp://10.9.9.9:554/x/track1", set_up_at=":554/x/track1"),
        Habits(control="/trackID=0", set_up_at="/trackID=0"),
        Habits(control=""),
        Habits(control="*"),
        Habits(session_control=None),
        Habits(session_control="/"),
    ],
)
def test_parts_are_found_wherever_their_address_leads(noise: Film, habits: Habits, path: str) -> None:
    plays(noise, habits, path=path, count=2)


def annex_b(match: re.Match[str]) -> str:
    units = b"".join(b"\0\0\0\1" + base64.b64decode(word) for word in match[1].split(","))
    return f"sprop-parameter-sets={base64.b64encode(units).decode()}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"=+(?=[,;\s])", ""),
        (r"sprop-parameter-sets=(\S+)", annex_b),
        (r"sprop-parameter-sets=([^,]+),(\S+)", r"sprop-parameter-sets=\1\r\na=fmtp:96 sprop-parameter-sets=\2"),
        (r"sprop-parameter-sets=([^,]+),", r'sprop-parameter-sets="\1 , '),
        (r"(sprop-parameter-sets=\S+)", r"\1,6Q=="),
        (r"(a=rtpmap\S+ )H264/90000", r"\1h264/90000 "),
        (r"m=video", "m=audio 0 RTP/AVP 0\r\na=control:trackID=9\r\nm=video"),
    ],
)
def test_parameter_sets_are_read_however_they_are_written(noise: Film, old: str, new: str) -> None:
    parameters = re.sub(old, new, noise.parameters)
    film = replace(noise, head=(), parameters=parameters)
    media = re.sub(old, new, film.media)
    assert parameters != noise.parameters or media != film.media
    habits = Habits(description=((film.media, media),))
    plays(film, habits)


def test_parameter_sets_of_h265_in_the_alphabet_of_addresses(coded) -> None:
    film = packed(coded("hevc"))
    parameters = film.parameters.replace("+", "-").replace("/", "_").replace("=;", ";")
    plays(replace(film, head=(), parameters=parameters), Habits())


def test_a_wrong_password_is_still_tried_once(noise: Film) -> None:
    with RtspCamera(noise, user=USER, password="other") as camera:
        camera.habits = Habits(nonce_uses=1)
        source = replace(source_of(camera), password="S3cret")
        live = watching(source, timeouts=replace(HASTY, longest_pause_s=30.0))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert [method for method, _ in camera.requests] == ["OPTIONS", "DESCRIBE", "DESCRIBE"]
    assert "does not accept the user 'u'" in live.condition.why
    assert "S3cret" not in live.condition.why


@pytest.mark.parametrize(
    ("password", "requests"), [(PASSWORD, ["DESCRIBE", "SETUP", "PLAY"]), ("S3cret", ["DESCRIBE"])]
)
def test_a_camera_that_hangs_up_with_its_challenge_is_asked_once_more(
    noise: Film, password: str, requests: list[str]
) -> None:
    with RtspCamera(noise, user=USER, password=PASSWORD) as camera:
        camera.habits = Habits(algorithm="SHA-512-256-sess", hangs_up=True)
        live = watching(source_of(camera, password=password), timeouts=replace(HASTY, longest_pause_s=30.0))
        wait_for(live, CameraState.ONLINE, CameraState.OFFLINE)
        live.stop()
        asked = [method for method, _ in camera.requests if method not in ("OPTIONS", "TEARDOWN")]
    assert asked == ["DESCRIBE", *requests]
    assert ("does not accept the user 'u'" in live.condition.why) is (password == "S3cret")


def test_a_password_is_not_sent_in_clear_unless_the_site_says_so(noise: Film) -> None:
    with RtspCamera(noise, user=USER, password=PASSWORD) as camera:
        camera.habits = Habits(basic=True)
        live = watching(source_of(camera), timeouts=replace(HASTY, longest_pause_s=30.0))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert "demands the password in clear" in live.condition.why
        assert camera.requests[-1] == ("DESCRIBE", f"{camera.address}")
        assert len(camera.requests) == 2
        allowed = watching(replace(source_of(camera), basic_without_tls=True))
        frames(allowed, 1)
        allowed.stop()


def test_a_session_that_is_over_is_begun_anew(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.habits = Habits(session_timeout_s=0.5, session_field="{name}")  # it does not say when it ends
        live = watching(source_of(camera))
        frames(live, 15)
        live.stop()
        assert camera.connections > 1
