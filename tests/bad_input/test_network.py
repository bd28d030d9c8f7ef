"""Playlists that name other machines: nobody is called."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.command import passerby, refused

pytestmark = pytest.mark.slow


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine that notices every call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def called(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return False
    connection.close()
    return True


def test_the_listener_notices_a_call(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()):
        assert called(listener)


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile {url}\n",
    "list.mp4": "ffconcat version 1.0\nfile {url}\n",
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 26\n",
    "list.mpd": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S">'
    "<Period><BaseURL>{url}</BaseURL><AdaptationSet><Representation id='a' mimeType='video/mp4'/></AdaptationSet>"
    "</Period></MPD>",
}


@pytest.mark.parametrize(
    ("name", "scheme"),
    [*((name, "http") for name in sorted(PLAYLISTS)), ("list.ffconcat", "tcp"), ("list.m3u8", "rtsp")],
)
def test_a_playlist_leads_nowhere(name: str, scheme: str, listener: socket.socket, tmp_path: Path) -> None:
    port = listener.getsockname()[1]
    text = PLAYLISTS[name].format(url=f"{scheme}://127.0.0.1:{port}/video.ts", port=port)
    (tmp_path / name).write_text(text)
    refused(passerby("count", name, folder=tmp_path), name)
    assert not called(listener)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_address_is_no_file(scheme: str, listener: socket.socket, tmp_path: Path) -> None:
    address = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/video.mp4"
    refused(passerby("count", address, folder=tmp_path), "no such file")
    assert not called(listener)
