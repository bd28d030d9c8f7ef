"""Answers to a probe, honest ones and others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.onvif.matches import MAX_MATCHES, FoundCamera, found_cameras

ASKED = "urn:uuid:7f3f0b1c-0000-4000-8000-000000000001"
SCOPES = (
    "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Gate%20North "
    "onvif://www.onvif.org/hardware/M-1 onvif://www.onvif.org/location/Square onvif://www.onvif.org/location/city"
)


def match(addresses: str, scopes: str = SCOPES, endpoint: str = "urn:uuid:1") -> str:
    return (
        f"<d:ProbeMatch><a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
        f"<d:XAddrs>{addresses}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>"
    )


def answer(*matches: str, to: str = ASKED, prologue: str = "") -> bytes:
    return (
        f'{prologue}<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">'
        f"<s:Header><a:RelatesTo>{to}</a:RelatesTo></s:Header>"
        f"<s:Body><d:ProbeMatches>{''.join(matches)}</d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


def one(datagram: bytes, sender: str = "10.0.0.5") -> FoundCamera:
    (camera,) = found_cameras(datagram, [ASKED], sender)
    return camera


def test_a_camera_tells_its_name_and_where_to_ask_it() -> None:
    camera = one(answer(match("http://10.0.0.5:8000/onvif/device_service")))
    assert (camera.name, camera.hardware, camera.location) == ("Gate North", "M-1", "Square, city")
    assert camera.address == "10.0.0.5:8000"
    assert not camera.elsewhere


def test_the_sender_s_own_address_is_taken_among_several() -> None:
    camera = one(answer(match("http://192.168.0.9/onvif http://[fe80::1]/onvif https://10.0.0.5/onvif")))
    assert camera.address == "10.0.0.5:443"
    assert not camera.elsewhere


def test_an_answer_that_points_to_others_is_flagged_and_never_offered() -> None:
    camera = one(answer(match("http://169.254.169.254/latest http://localhost:6379/")))
    assert camera.elsewhere
    assert camera.address == "10.0.0.5"


def test_what_is_no_address_is_left_out() -> None:
    assert one(answer(match("file:///etc/passwd javascript:x http:// ftp://10.0.0.5/"))).services == ()


def test_an_answer_to_another_question_is_not_believed() -> None:
    assert found_cameras(answer(match("http://10.0.0.5/"), to="urn:uuid:other"), [ASKED], "10.0.0.5") == ()


def test_the_id_counts_however_it_is_written() -> None:
    written = f" uuid:{ASKED.rpartition(':')[2]} "
    assert len(found_cameras(answer(match("http://10.0.0.5/"), to=written), [ASKED], "10.0.0.5")) == 1


def test_an_answer_in_the_namespaces_of_the_later_standard_is_read() -> None:
    later = answer(match("http://10.0.0.5:81/"), to=ASKED.upper())
    later = later.replace(
        b"http://schemas.xmlsoap.org/ws/2005/04/discovery", b"http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"
    )
    later = later.replace(b"http://schemas.xmlsoap.org/ws/2004/08/addressing", b"http://www.w3.org/2005/08/addressing")
    later = later.replace(b"<d:", b"<wsd:").replace(b"</d:", b"</wsd:").replace(b"xmlns:d=", b"xmlns:wsd=")
    assert one(later).address == "10.0.0.5:81"


def test_one_answer_speaks_for_a_few_cameras_only() -> None:
    crowd = [match("http://10.0.0.5/", endpoint=f"urn:uuid:{number}") for number in range(100)]
    assert len(found_cameras(answer(*crowd), [ASKED], "10.0.0.5")) == MAX_MATCHES


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE s [<!ENTITY x "y">]>'
    assert found_cameras(answer(match("http://10.0.0.5/"), prologue=bomb), [ASKED], "10.0.0.5") == ()


@pytest.mark.asvs("1.3.3")
def test_names_cannot_steer_a_terminal_or_fill_it() -> None:
    scopes = f"onvif://www.onvif.org/name/%1b%5b31m%0aX onvif://www.onvif.org/hardware/{'h' * 500}"
    camera = one(answer(match("http://10.0.0.5/", scopes=scopes)))
    assert camera.name == "?[31m X"
    assert len(camera.hardware) == 60


@given(st.binary(max_size=300))
def test_any_datagram_is_survived(datagram: bytes) -> None:
    assert found_cameras(datagram, [ASKED], "10.0.0.5") == ()


@given(
    st.text(st.characters(exclude_characters="<&", codec="utf-8"), max_size=200),
    st.text("htp:/[]@.%0159 a", max_size=80),
)
def test_any_content_is_survived(scopes: str, addresses: str) -> None:
    for camera in found_cameras(answer(match(addresses, scopes=scopes)), [ASKED], "10.0.0.5"):
        assert camera.name == "" or camera.name.isprintable()
        assert camera.address.startswith("10.0.0.5")
