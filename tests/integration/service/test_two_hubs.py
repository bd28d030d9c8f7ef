"""Two hubs of one site, with real processes and a real PostgreSQL: one is active, the other takes over."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from testing.ports import free_port
from testing.servers import postgresql_server
from testing.store_keeper import asyncpg_place
from testing.trial_service.service import Service

pytestmark = pytest.mark.slow

SITE = """
site: {{name: Market square, time_zone: Europe/Berlin}}
server: {{port: {port}}}
store: {{url: "{url}"}}
cameras: {{}}
"""
LIVE_AGAIN_S = 10.0


class Hub(Service):
    """One of the two; each has a port of its own, as both are on one machine."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir()
        self.port = free_port()
        super().__init__(folder, SITE.format(port=self.port, url=url))

    def ready(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def command(self, *words: str) -> str:
        command = [sys.executable, "-m", "passerby", *words[:2], str(self.site), *words[2:], "--data", str(self.data)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def signal_all(self, number: int) -> None:
        """Sends a signal to the whole service, its supervisor first."""
        found = self.processes()
        for pid in (found.pop("supervisor"), *found.values()):
            os.kill(pid, number)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if (why_not := postgresql_server.missing()) is not None:
        pytest.skip(why_not)
    with postgresql_server.serving(tmp_path) as server:

        async def make() -> None:
            connection = await asyncpg.connect(**asyncpg_place(server.url.format(database="postgres")))
            await connection.execute("CREATE DATABASE site")
            await connection.close()

        asyncio.run(make())
        yield server.url.format(database="site")


@pytest.fixture
def hubs(folder: Path, url: str) -> Iterator[tuple[Hub, Hub]]:
    first, second = Hub(folder / "a", url), Hub(folder / "b", url)
    try:
        first.start()
        first.enter()
        code = json.loads(first.command("fleet", "export", str(folder / "keys"), "--json"))["code"]
        second.command("fleet", "import", str(folder / "keys"), "--code", code)
        second.start()
        second.until(lambda: second.ready() == 503, "the second hub to wait")
        yield first, second
    finally:
        for one in (first, second):
            one.stop()


def test_the_second_takes_over_from_one_that_is_killed_and_from_one_that_stops(hubs: tuple[Hub, Hub]) -> None:
    first, second = hubs
    assert first.ask("/api/v1/version").status == 200
    first.signal_all(signal.SIGKILL)
    second.until(lambda: second.ready() == 200, "the second hub", LIVE_AGAIN_S)
    # The session that the first one began holds at the second one.
    first.address = f"http://localhost:{second.port}"
    assert first.ask("/api/v1/version").status == 200
    first.stop()
    first.start()
    first.until(lambda: first.ready() == 503, "the first hub to wait")
    second.signal_all(signal.SIGSTOP)
    try:
        first.until(lambda: first.ready() == 200, "the first hub again", LIVE_AGAIN_S)
        first.address = f"http://localhost:{first.port}"
        assert first.ask("/api/v1/version").status == 200
    finally:
        second.signal_all(signal.SIGCONT)
    second.until(lambda: "standby" in second.status() and second.status()["standby"], "that the second one waits again")
    assert first.ready() == 200


def test_a_hub_without_the_keys_is_refused_and_breaks_nothing(folder: Path, hubs: tuple[Hub, Hub], url: str) -> None:
    first, second = hubs
    second.stop()
    other = Hub(folder / "c", url)
    try:
        other.start()
        other.until(lambda: other.ready() == 503, "the third hub to wait")
        first.signal_all(signal.SIGKILL)
        other.until(lambda: "has not the keys of the hub" in other.log.read_text(), "that it is refused")
    finally:
        other.stop()
    first.stop()
    first.start()
    first.until(lambda: first.ready() == 200, "the first hub")
    assert "the audit log is broken" not in first.log.read_text()
