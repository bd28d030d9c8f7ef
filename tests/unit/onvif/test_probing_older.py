"""Cameras that answer in the ways of other years: other questions, other envelopes, clocks of another century."""

import asyncio
from collections.abc import Iterator

import pytest

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.device import ProbedCamera
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import DEVICE_SPACE, Reply, SoapCamera, fault, raw, said, services

OLD_FAULT = raw(
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Client</faultcode>'
    b"<faultstring>Method not implemented</faultstring></e:Fault></e:Body></e:Envelope>",
    500,
)
MEDIA = (
    "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>http://192.168.1.10/old/media</tt:XAddr>"
    "<tt:StreamingCapabilities/></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>"
)
NOTHING = said("<tds:GetCapabilitiesResponse><tds:Capabilities/></tds:GetCapabilitiesResponse>")


@pytest.fixture
def camera() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        yield one


def ask(camera: SoapCamera) -> ProbedCamera:
    return asyncio.run(probe(DeviceAddress("127.0.0.1", camera.port), Credentials("operator", "S3cret"), 20.0))


@pytest.mark.parametrize("refusal", [raw(b"<html>Not Found</html>", 404), raw(b"", 500), raw(b"no", 400), OLD_FAULT])
def test_whatever_refuses_the_newer_question_the_older_one_is_asked(camera: SoapCamera, refusal: Reply) -> None:
    camera.replies["GetServices"] = refusal
    camera.replies["GetCapabilities"] = said(MEDIA)
    assert len(ask(camera).profiles) == 2
    assert camera.paths[camera.asked.index("GetProfiles")] == "/old/media"


@pytest.mark.parametrize("for_one", [NOTHING, fault("ter:NoSuchService", "no such service")])
def test_a_camera_that_names_its_media_service_among_all_alone_is_asked_for_all(
    camera: SoapCamera, for_one: Reply
) -> None:
    camera.replies["GetServices"] = services((DEVICE_SPACE, "http://127.0.0.1/onvif/device_service"))
    camera.replies["GetCapabilities"] = lambda text: said(MEDIA) if ">All<" in text else for_one
    assert len(ask(camera).profiles) == 2


@pytest.mark.parametrize(
    ("date", "behind"), [("1970-1-1", True), ("1-1-1", True), ("9999-12-31", False), ("2026-13-1", False)]
)
def test_a_clock_of_any_year_is_taken_or_left(camera: SoapCamera, date: str, behind: bool) -> None:
    year, month, day = date.split("-")
    camera.replies["GetSystemDateAndTime"] = said(
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>23</tt:Hour><tt:Minute>59"
        f"</tt:Minute><tt:Second>59</tt:Second></tt:Time><tt:Date><tt:Year>{year}</tt:Year><tt:Month>{month}</tt:Month>"
        f"<tt:Day>{day}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )
    found = ask(camera)
    assert len(found.profiles) == 2
    assert (found.clock_ahead_s is not None and found.clock_ahead_s < -50 * 365 * 86_400) is behind
    assert bool(found.notes) is behind


def test_credentials_in_a_stream_s_address_are_shown_nowhere(
    camera: SoapCamera, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    addresses = iter(["rtsp://admin:Hidden1@192.168.1.10/a?loginpas=Hidden2", "rtsp://admin:Hid/den3@127.0.0.1/b"])
    camera.replies["GetStreamUri"] = lambda _: soap_camera.stream(next(addresses))
    caplog.set_level(0)
    first, second = ask(camera).profiles
    assert first.address is not None
    assert first.address.elsewhere
    assert not first.address.usable
    assert second.address is None
    shown = repr((first, second)) + caplog.text + "".join(capfd.readouterr())
    assert "Hid" not in shown


def test_a_camera_that_wants_the_password_in_clear_does_not_get_it_and_is_named(camera: SoapCamera) -> None:
    camera.replies["GetServices"] = raw(b"", 401, **{"WWW-Authenticate": 'Basic realm="camera"'})
    with pytest.raises(SourceError, match=r"demands the password in clear \(HTTP Basic\), which is never sent"):
        ask(camera)
    assert not any("S3cret" in text for text in camera.texts)
