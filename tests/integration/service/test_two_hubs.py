"""Two hubs of one site, with real processes and a real PostgreSQL: one is active, the other takes over."""

import asyncio
import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from testing.ports import free_port
from testing.servers import postgresql_server
from testing.store_keeper import asyncpg_place
from testing.trial_service.node import Node
from testing.trial_service.open_page import OpenPage
from testing.trial_service.service import Service
from testing.trial_service.two_hubs import LIVE_AGAIN_S, SITE, Hub, give_keys

pytestmark = pytest.mark.slow

WHY = {"purpose": "road_safety", "case": "report 2026-117"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[postgresql_server.Server]:
    if (why_not := postgresql_server.missing()) is not None:
        pytest.skip(why_not)
    with postgresql_server.serving(tmp_path) as server:

        async def make() -> None:
            connection = await asyncpg.connect(**asyncpg_place(server.url.format(database="postgres")))
            await connection.execute("CREATE DATABASE site")
            await connection.close()

        asyncio.run(make())
        yield server


@pytest.fixture
def url(database: postgresql_server.Server) -> str:
    return database.url.format(database="site")


@pytest.fixture
def hubs(folder: Path, url: str) -> Iterator[tuple[Hub, Hub]]:
    first, second = Hub(folder / "a", url), Hub(folder / "b", url)
    try:
        first.start()
        first.enter()
        give_keys(first, second)
        second.start()
        second.until(lambda: second.ready() == 503, "the second hub to wait")
        yield first, second
    finally:
        for one in (first, second):
            one.stop()


def test_the_second_takes_over_from_one_that_is_killed_and_from_one_that_stops(folder: Path, url: str) -> None:
    """Both serve the page all the time: the one that waits passes it on to the active one."""
    there = SITE + f"fleet: {{{{address: '127.0.0.1:{free_port()}'}}}}\n"
    first, second = Hub(folder / "a", url, there), Hub(folder / "b", url, there)
    try:
        first.start()
        first.enter()
        first.command("fleet", "init")
        give_keys(first, second)
        second.start()
        first.until(lambda: second.status().get("standby"), "the second hub to wait")
        # A session of the first one is looked with at the second one, and the other way round.
        second.until(lambda: second.ready() == 200, "that the second one passes requests on")
        first.address = f"http://localhost:{second.port}"
        stated = first.ask("/api/v1/purpose", method="PUT", said=WHY).json()
        assert stated["case"] == WHY["case"]
        opened = "/open/" + first.command("link").rpartition("/open/")[2].strip()
        assert second.asked_at(second.port, "/api/v1/version") == 401
        assert second.asked_at(second.port, opened) == 200
        assert second.asked_at(first.port, "/api/v1/version") == 200
        # What the active one refuses of a client, it refuses of it here.
        spoofed = {"X-Forwarded-For": "127.0.0.1"}
        assert first.ask("/api/v1/version", headers=spoofed).json()["code"] == "unnamed-proxy"
        foreign = {"Origin": "https://evil.example"}
        assert first.ask("/api/v1/purpose", method="PUT", said=WHY, headers=foreign).json()["code"] == "wrong-origin"
        page = OpenPage(first.live)
        first.until(lambda: page.begun_s, "the page")
        begun_s = time.monotonic()
        first.signal_all(signal.SIGKILL)
        second.until(lambda: page.began_after(begun_s), "the page to go on by itself", LIVE_AGAIN_S)
        second.until(lambda: not second.status().get("standby"), "that the second one is active")
        # The session that the first one began holds at the second one, and so does why it looks.
        assert first.ask("/api/v1/purpose").json() == stated
        first.stop()
        first.start()
        first.until(lambda: first.status().get("standby"), "the first hub to wait")
        first.until(lambda: first.ready() == 200, "that the first one passes requests on")
        page.close()
        first.address = f"http://localhost:{first.port}"
        page = OpenPage(first.live)
        first.until(lambda: page.begun_s, "the page at the first one")
        begun_s = time.monotonic()
        second.signal_all(signal.SIGSTOP)
        try:
            first.until(lambda: page.began_after(begun_s), "the page to go on by itself", LIVE_AGAIN_S)
            assert first.ask("/api/v1/purpose").json() == stated
        finally:
            second.signal_all(signal.SIGCONT)
            page.close()
        second.until(lambda: second.status().get("standby"), "that the second one waits again")
        assert first.ready() == 200
    finally:
        for one in (first, second):
            one.stop()


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


def test_the_database_goes_away_and_comes_back_and_one_hub_is_active_again(
    hubs: tuple[Hub, Hub], database: postgresql_server.Server
) -> None:
    first, second = hubs
    database.kill()
    first.until(lambda: first.ready() == 503, "that the active hub says that it cannot store")
    assert "standby" not in first.ask("/readyz").json()["detail"]
    time.sleep(5)
    assert (first.ready(), second.ready()) == (503, 503)
    database.start()
    first.until(lambda: 200 in (first.ready(), second.ready()), "a hub", LIVE_AGAIN_S)
    time.sleep(5)
    assert sorted((first.ready(), second.ready())) == [200, 503]
    active = first if first.ready() == 200 else second
    first.address = f"http://localhost:{active.port}"
    assert first.ask("/api/v1/version").status == 200
    assert not [one for one in hubs if "the audit log is broken" in one.log.read_text()]


@pytest.mark.footage
def test_what_a_node_counts_while_its_hub_dies_is_at_the_second_hub(folder: Path, url: str, site: str) -> None:
    """Both hubs are on one machine, so the second one listens where the first one did, once that one is gone."""
    port, web = free_port(), free_port()
    there = site.replace("    analysed_fps", "    node: cabinet\n    analysed_fps")
    there += f"fleet: {{address: ['127.0.0.2:{port}', '127.0.0.1:{port}']}}\n"
    there = there.replace("server: {port: ", f"store: {{url: '{url}'}}\nserver: {{port: ")
    there = re.sub(r"server: \{port: \d+\}", f"server: {{port: {web}}}", there).replace("{", "{{").replace("}", "}}")
    first, second = Hub(folder / "a", url, there, web), Hub(folder / "b", url, there, web)
    # Of yesterday, with another port.
    second.site.write_text(second.site.read_text().replace(f"port: {web}}}", f"port: {free_port()}}}"))
    with Node(folder / "node") as node:
        try:
            first.start()
            first.enter()
            first.command("fleet", "init")
            node.join(json.loads(first.command("fleet", "invite", "cabinet", "--json"))["token"])
            node.start()
            first.until(lambda: crossings(first) > 0, "crossings of the node's camera at the first hub")
            give_keys(first, second)
            second.start()
            second.until(lambda: second.status().get("standby"), "the second hub to wait")
            first.signal_all(signal.SIGKILL)
            before = node.crossings("junction")
            second.until(lambda: second.ready() == 200, "the second hub", LIVE_AGAIN_S)
            first.until(lambda: node.crossings("junction") > before, "the node to count on")
            counted = node.crossings("junction")
            # By the session that the first hub began.
            first.until(lambda: crossings(first) >= counted, "all of it at the second hub")
            assert second.site.read_text() == first.site.read_text()
            assert (second.folder / "site.yaml.before-takeover").exists()
        finally:
            for one in (first, second):
                one.stop()


def crossings(service: Service) -> int:
    return sum(int(row["value"] or 0) for row in service.today() if row["quantity"] == "flow")
