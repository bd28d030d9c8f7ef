"""Cameras that have the newer media service, beside the older one or instead of it."""

import re
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from passerby.domain.errors import SourceError
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import MEDIA2_SPACE, MEDIA_SPACE, SoapCamera, fault, services
from tests.unit.onvif.test_probing import NOT_AUTHORISED, ask, refusal


def newer_only(camera: SoapCamera) -> None:
    """Leaves the camera no other media service."""
    camera.replies |= {
        "GetServices": lambda _: services((MEDIA2_SPACE, f"http://10.9.9.9:{camera.port}/onvif/media2")),
        "GetCapabilities": soap_camera.said(
            "<tds:GetCapabilitiesResponse><tds:Capabilities/></tds:GetCapabilitiesResponse>"
        ),
        "GetProfiles": soap_camera.newer_profiles(("main", 2560, 1440, "H265"), ("sub", 640, 360, "H264")),
        "GetStreamUri": lambda text: soap_camera.newer_stream(
            f"rtsp://127.0.0.1/{re.findall('ProfileToken>(.*?)<', text)[0]}"
        ),
    }


@pytest.fixture
def camera() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        newer_only(one)
        yield one


def test_a_camera_with_the_newer_service_alone_names_its_streams(camera: SoapCamera) -> None:
    reported = ask(camera)
    main, sub = reported.profiles
    assert (main.codec, main.width_px, main.height_px, main.fps, main.bitrate_kbps, main.lens) == (
        "H265", 2560, 1440, 25.0, 768, "v0",
    )  # fmt: skip
    assert [one.address and one.address.shown for one in (main, sub)] == [
        "rtsp://127.0.0.1/main",
        "rtsp://127.0.0.1/sub",
    ]
    assert reported.notes == ()
    # The host is the one that was given, whatever the camera calls itself; and every question is signed.
    assert camera.paths[-1] == "/onvif/media2"
    signed = [text for text, asked in zip(camera.texts, camera.asked, strict=True) if asked != "GetSystemDateAndTime"]
    assert all("PasswordDigest" in text and "S3cret" not in text for text in signed)


@pytest.mark.parametrize("ahead_s", [-10_800, 90_000])
def test_it_is_asked_by_its_own_clock(camera: SoapCamera, ahead_s: int) -> None:
    camera.replies["GetSystemDateAndTime"] = lambda _: soap_camera.clock(ahead_s)
    reported = ask(camera)
    assert len(reported.profiles) == 2
    assert "clock" in reported.notes[0]
    for text in camera.texts[1:]:
        (moment,) = re.findall(r"Created[^>]*>(\d[^<]*)<", text)
        assert datetime.fromisoformat(moment).timestamp() - time.time() == pytest.approx(ahead_s, abs=10)


def test_a_word_for_the_protocol_that_it_does_not_know_is_replaced(camera: SoapCamera) -> None:
    good = camera.replies["GetStreamUri"]
    assert callable(good)
    camera.replies["GetStreamUri"] = lambda text: good(text) if "RtspUnicast" in text else fault("ter:X", "unknown")
    assert all(profile.address is not None for profile in ask(camera).profiles)
    camera.replies["GetStreamUri"] = fault("ter:NoProfile", "no such profile")
    assert [profile.address for profile in ask(camera).profiles] == [None, None]


def test_refused_credentials_are_reported(camera: SoapCamera) -> None:
    camera.replies["GetProfiles"] = NOT_AUTHORISED
    assert "refuses user 'operator'" in refusal(camera)


@pytest.mark.parametrize(
    "body",
    [
        "<tr2:Other/>",
        "<tr2:GetProfilesResponse>" + "<tr2:Profiles>" * 100 + "</tr2:Profiles>" * 100 + "</tr2:GetProfilesResponse>",
        "<tr2:GetProfilesResponse><tr2:Profiles token='x'>words</tr2:Profiles></tr2:GetProfilesResponse>",
        "<tr2:GetProfilesResponse>nothing</tr2:GetProfilesResponse>",
    ],
)
def test_answers_that_are_none_end_in_no_traceback(camera: SoapCamera, body: str) -> None:
    camera.replies["GetProfiles"] = soap_camera.said(body)
    try:
        profiles = ask(camera).profiles
    except SourceError as error:
        assert f"127.0.0.1:{camera.port}" in str(error)
    else:
        assert profiles == ()


def test_streams_that_only_the_newer_service_lists_are_added(camera: SoapCamera) -> None:
    camera.replies |= {
        "GetServices": services(
            (MEDIA_SPACE, f"http://127.0.0.1:{camera.port}/onvif/media"),
            (MEDIA2_SPACE, f"http://127.0.0.1:{camera.port}/onvif/media2"),
        ),
        "GetProfiles": lambda text: (
            soap_camera.newer_profiles(("main", 2560, 1440, "H265"), ("sub", 640, 360, "H264"))
            if MEDIA2_SPACE in text
            else soap_camera.profiles(("sub", 640, 360, "v0"))
        ),
        "GetStreamUri": lambda text: (
            soap_camera.newer_stream("rtsp://127.0.0.1/main")
            if MEDIA2_SPACE in text
            else soap_camera.stream("rtsp://127.0.0.1/sub")
        ),
    }
    reported = ask(camera)
    assert [(one.token, one.codec, one.address and one.address.shown) for one in reported.profiles] == [
        ("sub", "H264", "rtsp://127.0.0.1/sub"),
        ("main", "H265", "rtsp://127.0.0.1/main"),
    ]
