"""Hostile and broken streams: refused or survived, explained, and never a way to another machine."""

import io
import logging
import random
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from passerby.domain.errors import AddressRefusedError
from passerby.domain.health import CameraState
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.sandbox.connection_broker import AllowList, connect
from testing.films import film
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.mjpeg_camera import MjpegCamera
from tests.integration.streams.watching import frames, source_of, wait_for, watching

ROUNDS = 300
CANARY = "C4nary-S3cret"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, ten pictures."""
    return film(tmp_path_factory.mktemp("noise") / "noise.mp4", size_px=(160, 128), noisy=True)


@pytest.fixture(scope="module")
def noise(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """What a camera sends of it."""
    coded = tmp_path_factory.mktemp("coded") / "noise.mp4"
    encode(recording, coded)
    return packed(coded)


def annex_b(recording: Path, codec: Codec) -> list[CodedPicture]:
    """A recording's pictures as they come from a network."""
    filters = {Codec.H264: "h264_mp4toannexb", Codec.H265: "hevc_mp4toannexb"}
    found = []
    with av.open(str(recording)) as source:
        stream = source.streams.video[0]
        cut = av.BitStreamFilterContext(filters[codec], stream) if codec in filters else None
        for packet in source.demux(stream):
            for part in cut.filter(packet) if cut else [packet]:
                if part.size:
                    content = bytes(part)
                    if codec is Codec.MPEG4 and part.is_keyframe:
                        content = bytes(stream.codec_context.extradata or b"") + content
                    found.append(CodedPicture(content, part.pts, bool(part.is_keyframe)))
    return found


@pytest.mark.parametrize("codec", list(Codec))
def test_pictures_of_rubbish_are_survived(codec: Codec, recording: Path, tmp_path: Path) -> None:
    coded = tmp_path / ("film.avi" if codec is Codec.MJPEG else "film.mp4")
    encode(recording, coded, codec.value)
    pictures = annex_b(coded, codec)
    chance = random.Random(11)
    decoder = PictureDecoder(Track(codec))
    shown = refused = 0
    for number in range(ROUNDS):
        whole = pictures[number % len(pictures)]
        content = bytearray(whole.content)
        for _ in range(chance.randint(0, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        del content[chance.randint(len(content) // 2, len(content)) :]
        if chance.random() < 0.1:
            content = bytearray(chance.randbytes(chance.randint(1, 4000)))
        seen = decoder.decode(CodedPicture(bytes(content), number, chance.random() < 0.5 or whole.key))
        shown, refused = shown + len(seen or ()), refused + (seen is None)
    assert shown + refused > 0
    # It is not worn out: sound pictures are seen again.
    after = [decoder.decode(picture) for picture in pictures * 2]
    assert sum(len(seen or ()) for seen in after) >= len(pictures)


def huge_jpeg() -> bytes:
    """100 megapixels in some 600 kB."""
    content = io.BytesIO()
    Image.fromarray(np.full((10_000, 10_000), 90, np.uint8)).save(content, "JPEG", quality=20)
    return content.getvalue()


def resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.asvs("5.2.1")
def test_a_jpeg_of_100_megapixels_is_refused_before_it_takes_memory() -> None:
    content = huge_jpeg()
    before_mib = resident_mib()
    decoder = PictureDecoder(Track(Codec.MJPEG))
    assert decoder.decode(CodedPicture(content, 0, key=True)) is None
    # Its planes alone are 95 MiB.
    assert resident_mib() - before_mib < 60


@pytest.mark.slow
@pytest.mark.asvs("1.4.2")
def test_h264_of_more_than_8k_is_refused_before_it_takes_memory() -> None:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 8208, 8208, "yuv420p"
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "threads": "1"}
    from fractions import Fraction

    encoder.time_base = Fraction(1, 25)
    grey = av.VideoFrame.from_ndarray(np.full((8208 * 3 // 2, 8208), 90, np.uint8), format="yuv420p")
    content = b"".join(bytes(packet) for packet in [*encoder.encode(grey), *encoder.encode(None)])
    decoder = PictureDecoder(Track(Codec.H264))
    assert decoder.decode(CodedPicture(content, 0, key=True)) is None


@pytest.mark.slow
def test_a_camera_of_100_megapixels_is_reported_and_may_mend_itself(recording: Path) -> None:
    small = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (96, 128), np.uint8)).save(small, "JPEG")
    with MjpegCamera((huge_jpeg(),)) as camera:
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        assert "more than 8192x8192 px are refused" in live.condition.why
        camera.pictures = (small.getvalue(),)
        wait_for(live, CameraState.ONLINE)
        live.stop()


def test_a_picture_in_which_nobody_can_be_seen_is_refused() -> None:
    tiny = io.BytesIO()
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(tiny, "JPEG")
    with MjpegCamera((tiny.getvalue(),)) as camera:
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert "16x16 px; at least 32x32 px" in live.condition.why


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("endless_head", "more than 16,384 bytes"),
        ("trickle", "the answer to OPTIONS did not come within 1 s"),
        ("garbage", "not RTSP|did not come within|without end|closed"),
        ("noise", "not one of its pictures could be decoded"),
    ],
)
def test_a_hostile_camera_is_given_up_and_reported(noise: Film, fault: str, words: str) -> None:
    with RtspCamera(noise) as camera:
        setattr(camera.faults, fault, True)
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        assert any(word in live.condition.why for word in words.split("|")), live.condition.why
        setattr(camera.faults, fault, False)
        frames(live, 2)
        live.stop()


@contextmanager
def server_saying(answer: bytes) -> Iterator[int]:
    """A port that says one thing to everybody, whatever they ask."""
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        listener.settimeout(0.1)
        while not ended.is_set():
            try:
                link, _ = listener.accept()
            except TimeoutError:
                continue
            with link:
                link.recv(4096)
                link.sendall(answer)
                ended.wait(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n" * 5000,
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        OK + b"Content-Length: 99999999999\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 5\r\n\r\nab",
        b"RTSP/1.0 banana\r\nCSeq: 1\r\n\r\n",
        b"RTSP/1.0 999 " + b"A" * 15_000 + b"\r\nCSeq: 1\r\n\r\n",
        b"$\0\xff\xff" + bytes(70_000),
        OK + b"\r\n" + b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 6\r\n\r\nm=\xff\xfe\0\0",
        OK + b"\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        OK + b"\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5018\r\n\r\nm=video 0 RTP/AVP " + b"9" * 5000,
        bytes(range(256)),
    ],
)
@pytest.mark.parametrize("kind", [SourceKind.RTSP, SourceKind.HTTP])
def test_whatever_answers_is_reported_in_one_plain_sentence(answer: bytes, kind: SourceKind) -> None:
    with server_saying(answer) as port:
        live = watching(CameraSource(kind, "127.0.0.1", port, "/main", "viewer", CANARY))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    why = live.condition.why
    assert why.isprintable()
    assert 10 < len(why) < 400
    assert "unforeseen" not in why
    assert CANARY not in why


@pytest.mark.slow
def test_random_answers_are_no_bug() -> None:
    chance = random.Random(3)
    words = [
        OK,
        b"\r\n",
        b"$\0\0\x0c",
        b"CSeq: 2\r\n",
        b"Session: a\r\n",
        b"Content-Length: 9\r\n",
        bytes(12),
        b"v=0\r\n",
    ]
    for _ in range(25):
        answer = b"".join(chance.choice(words) for _ in range(chance.randint(1, 30)))
        with server_saying(answer) as port:
            live = watching(CameraSource(SourceKind.RTSP, "127.0.0.1", port))
            wait_for(live, CameraState.OFFLINE)
            live.stop()
        assert "unforeseen" not in live.condition.why, answer


@pytest.mark.asvs("15.3.2")
def test_a_redirect_in_mid_stream_is_refused(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        frames(live, 2)
        camera.faults.redirect_to = f"rtsp://u:{CANARY}@10.0.0.1/main"
        camera.drop()
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert live.condition.why.startswith("the camera redirects to rtsp://10.0.0.1/main: refused")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "::1", "0.0.0.0", "169.254.169.254", "fe80::1", "::ffff:127.0.0.1", "224.0.0.1",
     "8.8.8.8", "fd00:ec2::254", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_addresses_that_are_no_cameras_are_refused(host: str) -> None:
    source = CameraSource(SourceKind.RTSP, host, 554)
    with pytest.raises(AddressRefusedError, match="not in the networks that this site allows"):
        connect(source, AllowList(), within_s=0.5)


def test_a_file_is_not_reached_through_a_network_camera() -> None:
    live = watching(CameraSource(SourceKind.RTSP, "127.0.0.1", 9, "/../../etc/passwd"))
    wait_for(live, CameraState.OFFLINE)
    live.stop()
    with pytest.raises(AddressRefusedError):
        connect(CameraSource(SourceKind.FILE, file=Path("/etc/passwd")), AllowList())


def test_a_path_cannot_smuggle_a_request(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        path = "/main\r\nX-Smuggled: yes\r\n\r\nTEARDOWN rtsp://x RTSP/1.0"
        live = watching(CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, path))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert {method for method, _ in camera.requests} == {"OPTIONS", "DESCRIBE"}


def test_the_password_is_in_no_log_and_no_condition(
    noise: Film, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    with RtspCamera(noise, user="viewer", password="other") as camera:
        live = watching(source_of(camera, password=CANARY))
        wait_for(live, CameraState.OFFLINE)
        said += [repr(live.condition), repr(source_of(camera, password=CANARY)), repr(vars(live))]
        camera.password = CANARY
        frames(live, 2)
        camera.faults.garbage = True
        wait_for(live, CameraState.CONNECTING, CameraState.OFFLINE)
        said.append(repr(live.condition))
        live.stop()
        assert CANARY not in repr(camera.requests)
    captured = capfd.readouterr()
    assert CANARY not in " ".join([*said, caplog.text, captured.out, captured.err])
