"""A conversation with a camera: what is told, what is refused, and that nothing else is ever talked to."""

import asyncio
import itertools
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.device import ProbedCamera
from passerby.onvif.markup import MAX_ANSWER_BYTES
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import MEDIA_SPACE, Reply, SoapCamera, fault, raw, said, services

WHO = Credentials("operator", "S3cret/word")
NOT_AUTHORISED = fault("ter:NotAuthorized", "Sender not Authorized")


@pytest.fixture
def camera() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        yield one


def ask(camera: SoapCamera, who: Credentials = WHO, timeout_s: float = 20.0) -> ProbedCamera:
    return asyncio.run(probe(DeviceAddress("127.0.0.1", camera.port), who, timeout_s))


def refusal(camera: SoapCamera, who: Credentials = WHO, timeout_s: float = 20.0) -> str:
    with pytest.raises(SourceError) as caught:
        ask(camera, who, timeout_s)
    assert f"127.0.0.1:{camera.port}" in str(caught.value)
    assert "S3cret" not in repr(caught.value)
    return str(caught.value)


def test_tells_the_device_and_its_streams(camera: SoapCamera) -> None:
    reported = ask(camera)
    assert (reported.facts.maker, reported.facts.model, reported.facts.firmware, reported.facts.serial) == (
        "Maker",
        "M 1",
        "2.3",
        "S4",
    )
    main, sub = reported.profiles
    assert (main.width_px, main.height_px, main.fps, main.codec, main.lens) == (1920, 1080, 15.0, "H264", "v0")
    assert sub.address is not None
    assert (sub.address.shown, sub.address.usable) == ("rtsp://127.0.0.1/sub", True)
    assert reported.notes == ()
    assert reported.clock_ahead_s == pytest.approx(0, abs=5)


def test_the_password_itself_is_never_sent(camera: SoapCamera) -> None:
    ask(camera)
    assert any("PasswordDigest" in text for text in camera.texts)
    assert not any("S3cret" in text for text in camera.texts)


def test_only_the_clock_is_asked_for_unsigned_and_nothing_is_changed(camera: SoapCamera) -> None:
    ask(camera)
    signed = dict(zip(camera.asked, ["UsernameToken" in text for text in camera.texts], strict=True))
    assert signed.pop("GetSystemDateAndTime") is False
    assert set(signed.values()) == {True}
    assert all(question.startswith("Get") for question in camera.asked)
    assert "GetSnapshotUri" not in camera.asked


def test_without_a_user_nothing_is_signed(camera: SoapCamera) -> None:
    assert len(ask(camera, Credentials()).profiles) == 2
    assert not any("UsernameToken" in text for text in camera.texts)


@pytest.mark.parametrize("reply", [NOT_AUTHORISED, raw(b"no", 401), raw(b"no", 403)])
def test_a_wrong_password_is_reported_as_such(camera: SoapCamera, reply: soap_camera.Reply) -> None:
    camera.replies["GetServices"] = reply
    assert "refuses user 'operator' with this password" in refusal(camera)


def test_a_missing_user_is_reported_as_such(camera: SoapCamera) -> None:
    camera.replies["GetServices"] = NOT_AUTHORISED
    assert "--user" in refusal(camera, Credentials())


def test_an_http_digest_challenge_is_answered(camera: SoapCamera) -> None:
    challenge = raw(b"", 401, **{"WWW-Authenticate": 'Digest realm="camera", nonce="n0nce", qop="auth"'})
    replies = itertools.chain([challenge], itertools.repeat(said(soap_camera.INFORMATION)))
    camera.replies["GetDeviceInformation"] = lambda _: next(replies)
    assert ask(camera).facts.maker == "Maker"
    assert camera.asked.count("GetDeviceInformation") == 2


@pytest.mark.parametrize("ahead_s", [-10_800, 90_000])
def test_a_camera_is_answered_by_its_own_clock(camera: SoapCamera, ahead_s: int) -> None:
    camera.replies["GetSystemDateAndTime"] = lambda _: soap_camera.clock(ahead_s)
    reported = ask(camera)
    assert reported.clock_ahead_s == pytest.approx(ahead_s, abs=5)
    assert "clock" in reported.notes[0]
    written = re.findall(r"Created[^>]*>(\d[^<]*)<", " ".join(camera.texts))
    assert len(written) == len(camera.asked) - 1
    for moment in written:
        told_s = datetime.fromisoformat(moment).timestamp() - time.time()
        assert told_s == pytest.approx(ahead_s, abs=10)


@pytest.mark.parametrize(("utc_s", "local_s"), [(0, 7200), (-90_000, -82_800)])
def test_a_camera_that_takes_its_local_time_for_utc_is_asked_by_that(
    camera: SoapCamera, utc_s: int, local_s: int
) -> None:
    camera.replies["GetSystemDateAndTime"] = lambda _: soap_camera.clock(utc_s, local_s)
    for question in ("GetServices", "GetDeviceInformation", "GetProfiles", "GetStreamUri"):
        camera.replies[question] = by_clock(camera.replies[question], local_s)
    reported = ask(camera)
    assert len(reported.profiles) == 2
    assert "local time" in reported.notes[-1]
    assert camera.asked.count("GetServices") == 2


def test_a_wrong_password_is_tried_once_more_only_where_the_clocks_differ(camera: SoapCamera) -> None:
    camera.replies["GetServices"] = NOT_AUTHORISED
    assert "refuses user" in refusal(camera)
    assert camera.asked.count("GetServices") == 1
    camera.replies["GetSystemDateAndTime"] = lambda _: soap_camera.clock(0, 3600)
    assert "refuses user" in refusal(camera)
    assert camera.asked.count("GetServices") == 3


def by_clock(reply: Reply | Callable[[str], Reply], ahead_s: float) -> Callable[[str], Reply]:
    """A reply for those who sign by a clock that is so far ahead."""

    def answer(text: str) -> Reply:
        (moment,) = re.findall(r"Created[^>]*>(\d[^<]*)<", text)
        if abs(datetime.fromisoformat(moment).timestamp() - time.time() - ahead_s) > 60:
            return NOT_AUTHORISED
        return reply(text) if callable(reply) else reply

    return answer


def test_where_the_clock_is_refused_the_date_of_the_refusal_has_to_do(camera: SoapCamera) -> None:
    refused = NOT_AUTHORISED
    dated = soap_camera.Reply(refused.parts, 400, {**refused.headers, "Date": "Sun, 06 Nov 1994 08:49:37 GMT"})
    camera.replies["GetSystemDateAndTime"] = dated
    reported = ask(camera)
    assert reported.clock_ahead_s is not None
    assert reported.clock_ahead_s < -30 * 365 * 86_400


def test_an_old_camera_is_asked_the_older_question(camera: SoapCamera) -> None:
    del camera.replies["GetServices"]
    camera.replies["GetCapabilities"] = said(
        "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>"
        f"http://127.0.0.1:{camera.port}/old/media</tt:XAddr><tt:StreamingCapabilities/></tt:Media>"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )
    assert len(ask(camera).profiles) == 2
    assert camera.paths[camera.asked.index("GetProfiles")] == "/old/media"


def test_a_service_on_another_host_is_asked_at_the_host_that_was_named(camera: SoapCamera) -> None:
    with soap_camera.serving(SoapCamera()) as other:
        camera.replies["GetServices"] = services((MEDIA_SPACE, f"http://127.0.0.1:{other.port}/onvif/media"))
        assert len(ask(camera).profiles) == 2
    assert other.asked == []
    assert camera.paths[-1] == "/onvif/media"


def test_a_device_without_media_is_no_camera(camera: SoapCamera) -> None:
    camera.replies["GetServices"] = services((soap_camera.DEVICE_SPACE, "http://127.0.0.1/onvif/device_service"))
    camera.replies["GetCapabilities"] = said(
        "<tds:GetCapabilitiesResponse><tds:Capabilities/></tds:GetCapabilitiesResponse>"
    )
    assert "no media service" in refusal(camera)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.asvs("15.3.2")
def test_a_redirect_is_not_followed(camera: SoapCamera, status: int) -> None:
    with soap_camera.serving(SoapCamera()) as other:
        target = f"http://u:S3cret@127.0.0.1:{other.port}/onvif/device_service?p=S3cret"
        camera.replies["GetSystemDateAndTime"] = raw(b"", status, Location=target)
        assert f"127.0.0.1:{other.port}" in refusal(camera)
    assert other.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        raw(b"<html><title>Welcome</title><p>unclosed</html>", 200),
        raw(b"<html></html>", 404),
        raw(b"nothing here", 500),
        raw(b"", 200),
        raw(b"\x00\xff\xfe" * 50),
        raw(b"not gzip at all", 200, **{"Content-Encoding": "gzip"}),
    ],
)
def test_what_is_no_onvif_is_reported_as_such(camera: SoapCamera, reply: soap_camera.Reply) -> None:
    camera.replies["GetSystemDateAndTime"] = reply
    assert "ONVIF" in refusal(camera)


@pytest.mark.parametrize("question", ["GetSystemDateAndTime", "GetServices", "GetDeviceInformation", "GetProfiles"])
@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&d;</a>',
        b'<!DOCTYPE a SYSTEM "http://198.51.100.1/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
)
@pytest.mark.asvs("1.5.1")
def test_hostile_xml_is_refused(camera: SoapCamera, question: str, content: bytes) -> None:
    camera.replies[question] = raw(content)
    assert "root:" not in refusal(camera)


def test_an_endless_answer_is_cut_off(camera: SoapCamera) -> None:
    camera.replies["GetProfiles"] = soap_camera.Reply(lambda: itertools.repeat(b" " * 65_536))
    assert f"more than {MAX_ANSWER_BYTES} bytes" in refusal(camera)


def test_a_silent_camera_is_given_up(camera: SoapCamera) -> None:
    done = threading.Event()

    def silence() -> Iterator[bytes]:
        yield b"<a>"
        done.wait(30)

    camera.replies["GetServices"] = soap_camera.Reply(silence)
    try:
        assert "no whole answer within 1 s" in refusal(camera, timeout_s=1.0)
    finally:
        done.set()


def test_nobody_there_is_reported_as_such() -> None:
    with soap_camera.serving(SoapCamera()) as gone:
        pass
    assert "no conversation" in refusal(gone)


def test_a_stream_on_another_host_is_flagged(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = soap_camera.stream("rtsp://198.51.100.7:554/live")
    for profile in ask(camera).profiles:
        assert profile.address is not None
        assert profile.address.elsewhere
        assert profile.address.shown == "rtsp://198.51.100.7/live"


def test_a_password_that_the_camera_repeats_is_hidden(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = soap_camera.stream("rtsp://operator:S3cret%2Fword@127.0.0.1/S3cret/word/live")
    camera.replies["GetDeviceInformation"] = said(soap_camera.INFORMATION.replace("M 1", "S3cret/word"))
    reported = ask(camera)
    assert reported.facts.model == "***"
    assert "S3cret" not in repr(reported)
    assert all(profile.address is not None and not profile.address.usable for profile in reported.profiles)


def test_a_profile_whose_address_is_refused_stays_in_the_list(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = fault("ter:NoProfile", "no such profile")
    assert [profile.address for profile in ask(camera).profiles] == [None, None]


def test_the_newer_media_service_is_noted(camera: SoapCamera) -> None:
    media = f"http://127.0.0.1:{camera.port}/onvif/media"
    camera.replies["GetServices"] = services((MEDIA_SPACE, media), ("http://www.onvif.org/ver20/media/wsdl", media))
    assert "newer media service" in ask(camera).notes[0]


def test_a_camera_without_streams_is_noted(camera: SoapCamera) -> None:
    camera.replies["GetProfiles"] = soap_camera.profiles()
    reported = ask(camera)
    assert reported.profiles == ()
    assert "names no video stream" in reported.notes[0]


class Watch:
    """Hears of every connection and every question for an address that this process makes; hooks cannot be removed."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[tuple[str, Any]] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            self.seen.append((event, arguments))


def test_nothing_is_fetched_from_anywhere_else(camera: SoapCamera) -> None:
    """ONVIF's descriptions name dozens of addresses on the internet that schemas could be fetched from."""
    watch = Watch()
    watch.on = True
    ask(camera)
    watch.on = False
    connected = {arguments[1] for event, arguments in watch.seen if event == "socket.connect"}
    asked_for = {arguments[0] for event, arguments in watch.seen if event == "socket.getaddrinfo"}
    assert connected == {("127.0.0.1", camera.port)}
    assert asked_for <= {"127.0.0.1"}


def test_logs_are_left_as_they_were(camera: SoapCamera) -> None:
    """The library sets up the root logger of whoever imports it, which would turn on everybody's messages."""
    before = list(logging.getLogger().handlers), logging.getLogger().level
    ask(camera)
    assert (list(logging.getLogger().handlers), logging.getLogger().level) == before


def test_a_broken_number_leaves_no_traceback_in_the_logs(camera: SoapCamera, caplog: pytest.LogCaptureFixture) -> None:
    """The SOAP reader logs one for each; without logs set up, Python prints it on the screen."""
    sound = soap_camera.profiles(("main", 640, 360, "v0"), ("sub", -1, 10**30, "v0"))
    camera.replies["GetProfiles"] = raw(b"".join(sound.parts()).replace(b">640<", b">many<"))
    assert [profile.width_px for profile in ask(camera).profiles] == [0, 0]
    assert caplog.records == []
