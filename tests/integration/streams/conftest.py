"""Films that cameras show, made once, without any recording."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from testing.films import film
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.mjpeg_camera import jpeg_pictures
from tests.integration.streams.assembled import CODECS

TWO_SECONDS = tuple(number / 10 for number in range(20))


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of noise at 10 pictures a second."""
    return film(tmp_path_factory.mktemp("noise") / "noise.mp4", times_s=TWO_SECONDS, size_px=(160, 128), noisy=True)


@pytest.fixture(scope="session")
def coded(recording: Path, tmp_path_factory: pytest.TempPathFactory):
    """Makes the same two seconds in a codec, once each."""
    folder = tmp_path_factory.mktemp("coded")

    def make(codec: str) -> Path:
        path = folder / (f"{codec}.avi" if codec == "mjpeg" else f"{codec}.mp4")
        if not path.exists():
            encode(recording, path, codec)
        return path

    return make


@pytest.fixture(scope="session")
def noise(coded) -> Film:
    """What a camera sends of it in H.264."""
    return packed(coded("h264"))


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Another view, in another size."""
    folder = tmp_path_factory.mktemp("larger")
    path = film(folder / "larger.mp4", times_s=TWO_SECONDS, size_px=(320, 240), noisy=True)
    encode(path, folder / "coded.mp4")
    return packed(folder / "coded.mp4")


@pytest.fixture(scope="session")
def jpegs(coded) -> tuple[bytes, ...]:
    """JPEG pictures."""
    return jpeg_pictures(coded("mjpeg"))


@pytest.fixture(scope="session")
def film_of(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Film]:
    """Makes the recording in a codec, once."""
    folder = tmp_path_factory.mktemp("coded")

    @cache
    def made(name: str) -> Film:
        path = folder / f"{name}.{'avi' if name == 'mjpeg' else 'mp4'}"
        encode(recording, path, name.partition(" ")[0], slices=CODECS[name])
        return packed(path)

    return made
