"""A real service whose database is away: nothing watches before the register says so, and what it says runs on."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.ports import free_port
from testing.trial_service.service import Service

pytestmark = pytest.mark.slow

SITE = """\
cameras:
  square:
    source: {{rtsp: rtsp://10.255.255.1/main}}
    analysed_fps: {fps}
server: {{port: {port}}}
"""
AWAY = "store: {{url: 'postgresql://a:b@127.0.0.1:{port}/c'}}\n"
WAITS = "the database does not answer"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="pb-") as path:
        yield Path(path)


def workers(service: Service) -> set[str]:
    return {name for name in service.processes() if name.startswith("worker")}


def test_at_a_first_start_no_camera_runs_while_the_database_is_away(folder: Path) -> None:
    with Service(folder, SITE.format(fps=5, port=free_port()) + AWAY.format(port=free_port())) as service:
        service.until(lambda: WAITS in service.log.read_text(), "the hub, which waits")
        service.until(lambda: "hub" in service.processes(), "the status")
        assert workers(service) == set()
        assert not (service.data / "applied.yaml").exists()


def test_what_was_published_runs_on_over_a_restart_while_the_database_is_away(folder: Path) -> None:
    with Service(folder, SITE.format(fps=5, port=free_port())) as service:
        service.until(lambda: workers(service), "the worker, once the register is published")
        published = (service.data / "applied.yaml").read_text()
        service.stop()
        changed = service.site.read_text().replace("analysed_fps: 5", "analysed_fps: 7")
        service.site.write_text(changed + AWAY.format(port=free_port()))
        service.log.write_text("")
        service.start()
        service.until(lambda: WAITS in service.log.read_text(), "the hub, which waits")
        service.until(lambda: workers(service), "the worker, at once")
        assert (service.data / "applied.yaml").read_text() == published
