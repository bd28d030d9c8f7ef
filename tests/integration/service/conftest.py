"""A real camera on a real socket, and a whole service that watches it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, opened
from testing.trial_service.service import Service

SITE = """# The square in front of the station.
site:
  name: Station square # as the signs say
  time_zone: Europe/Berlin

network: {{cameras: [127.0.0.0/8]}}
server: {{port: {port}}}

cameras:
  junction: # on the mast
    source: {{rtsp: "{address}"}}
    analysed_fps: 10
    lines:
      west lane:
        points: [[0.27, 0.355], [0.245, 0.475]]
      north road:
        points: [[0.69, 0.325], [0.91, 0.365]]
      east road:
        points: [[0.895, 0.44], [0.855, 0.745]]
"""


@pytest.fixture(scope="session")
def film(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Film:
    return opened(footage / "pets09-s2l1" / "video.avi", tmp_path_factory.mktemp("film"))


@pytest.fixture
def camera(film: Film) -> Iterator[RtspCamera]:
    with RtspCamera(film, user="watcher", password="pa55 w0rd") as camera:
        yield camera


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(camera: RtspCamera, port: int) -> str:
    text = SITE.format(address=camera.address, port=port)
    return text.replace('"}}', '"}').replace(
        f'"{camera.address}"', f'"{camera.address}", user: watcher, password_from: CAMERA_PASSWORD'
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets lie in it."""
    path = Path(tempfile.mkdtemp(prefix="psb-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def service(folder: Path, site: str) -> Iterator[Service]:
    with Service(folder, site, {"CAMERA_PASSWORD": "pa55 w0rd"}) as running:
        yield running
