"""Cameras are asked only within the site's networks, and each fault is said in words that help on a page."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from passerby.domain.camera_search import FoundSource, SourceWay
from passerby.domain.errors import AddressRefusedError, SourceError
from passerby.service.cameras.camera_search import NetworkCameraSearch
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import SoapCamera, fault

HERE = ("127.0.0.0/8",)
SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=control:track1\r\n"


class Camera:
    """Answers every connection with one text."""

    def __init__(self, answer: bytes) -> None:
        self.asked: list[bytes] = []
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            with link:
                self.asked.append(link.recv(4096))
                link.sendall(self._answer)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def rtsp() -> Iterator[Camera]:
    head = f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n"
    camera = Camera(head.encode() + SDP)
    yield camera
    camera.close()


@pytest.fixture
def onvif() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        yield one


def probe(address: str, networks: Sequence[str] = HERE, user: str = "", password: str = "") -> FoundSource:
    return asyncio.run(NetworkCameraSearch(lambda: networks).probe(address, user, password))


def test_a_stream_says_how_its_pictures_are_coded(rtsp: Camera) -> None:
    address = f"rtsp://127.0.0.1:{rtsp.port}/main"
    found = probe(address)
    assert (found.way, [(each.address, each.codec) for each in found.streams]) == (SourceWay.RTSP, [(address, "H.265")])
    assert rtsp.asked[0].startswith(f"DESCRIBE {address} RTSP/1.0".encode())


@pytest.mark.asvs("1.3.6")
def test_nothing_outside_of_the_site_s_networks_is_contacted(rtsp: Camera, onvif: SoapCamera) -> None:
    for address in (f"rtsp://127.0.0.1:{rtsp.port}/main", f"http://127.0.0.1:{rtsp.port}/", f"127.0.0.1:{onvif.port}"):
        with pytest.raises(AddressRefusedError, match="not in the networks that this site allows"):
            probe(address, ())
    with pytest.raises(AddressRefusedError):
        asyncio.run(NetworkCameraSearch(lambda: ()).discover(1, ["8.8.8.8"]))
    assert (rtsp.asked, onvif.asked) == ([], [])


def test_a_camera_that_speaks_onvif_offers_its_streams(onvif: SoapCamera) -> None:
    found = probe(f"127.0.0.1:{onvif.port}", user="operator", password="S3cret/word")
    assert (found.way, found.maker, found.model) == (SourceWay.ONVIF, "Maker", "M 1")
    assert (found.streams[0].width_px, found.streams[0].codec) == (1920, "H264")
    assert [bool(each.recommended) for each in found.streams].count(True) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rtsp://me:secret@127.0.0.1/main", "credentials do not belong into the address"),
        ("ftp://127.0.0.1/", "must begin with rtsp:// or"),
        ("not a host", "no host name"),
        ("rtsp://no-such-host.invalid/", "is not known"),
    ],
)
def test_what_is_no_address_is_said(address: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        probe(address)
    assert "secret" not in str(caught.value)


def test_a_refusal_names_no_option_of_the_command_line(onvif: SoapCamera) -> None:
    onvif.replies["GetServices"] = fault("ter:NotAuthorized", "Sender not Authorized")
    with pytest.raises(SourceError, match="refuses the user 'operator'") as caught:
        probe(f"127.0.0.1:{onvif.port}", user="operator", password="wrong-pa55")
    assert "wrong-pa55" not in str(caught.value)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for refused in (f"127.0.0.1:{port}", f"rtsp://127.0.0.1:{port}/"):
        with pytest.raises(SourceError) as caught:
            probe(refused)
        assert "--" not in str(caught.value)


def test_something_else_than_a_camera_is_said() -> None:
    web = Camera(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(SourceError, match="RTSP"):
        probe(f"rtsp://127.0.0.1:{web.port}/")
    assert probe(f"http://127.0.0.1:{web.port}/video").way is SourceWay.HTTP
    web.close()


def test_one_search_at_a_time() -> None:
    async def scene() -> None:
        search = NetworkCameraSearch(lambda: HERE, port=9)
        first = asyncio.create_task(search.discover(1.0))
        await asyncio.sleep(0)
        with pytest.raises(SourceError, match="another search"):
            await search.probe("127.0.0.1", "", "")
        await first

    asyncio.run(scene())
