"""Page and API of two hubs behind nginx and HAProxy, set up as the how-to shows; the active hub is killed meanwhile."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from testing.ports import free_port
from testing.servers import postgresql_server
from testing.store_keeper import asyncpg_place
from testing.trial_service import proxies
from testing.trial_service.proxies import HOST
from testing.trial_service.two_hubs import LIVE_AGAIN_S, Hub, give_keys
from testing.web.authority import Authority

pytestmark = pytest.mark.slow

SITE = """
site: {{{{name: Market square, time_zone: Europe/Berlin}}}}
server: {{{{port: {{port}}, public_url: "https://{host}:{proxy}", behind: [127.0.0.1/32]}}}}
fleet: {{{{address: "127.0.0.1:{fleet}"}}}}
store: {{{{url: "{{url}}"}}}}
cameras: {{{{}}}}
"""


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


class Browser:
    """Asks through the proxy, under the site's name, which leads to this machine; a spoofed head goes with all it asks.

    Args:
        port: of the proxy.
        authority: has signed its certificate.
    """

    def __init__(self, port: int, authority: Authority) -> None:
        heads = {"Host": f"{HOST}:{port}", "Origin": f"https://{HOST}:{port}", "X-Forwarded-For": "203.0.113.9"}
        self._client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=authority.client(), headers=heads, timeout=5, trust_env=False
        )

    def ask(self, method: str, path: str, said: object = None) -> httpx.Response:
        return self._client.request(method, path, json=said, extensions={"sni_hostname": HOST})

    def answers(self, path: str) -> bool:
        try:
            return self.ask("GET", path).status_code == 200
        except httpx.HTTPError:
            return False

    def case(self) -> str:
        """The case that was stated for looking; empty where there is no answer now."""
        try:
            answer = self.ask("GET", "/api/v1/purpose")
        except httpx.HTTPError:
            return ""
        return str(answer.json()["case"]) if answer.status_code == 200 else ""

    def first_event(self) -> str:
        """The first line of the live events, at once unless the proxy holds it back; empty where there are none now."""
        with (
            suppress(httpx.HTTPError),
            self._client.stream("GET", "/api/v1/live", extensions={"sni_hostname": HOST}) as events,
        ):
            return next(events.iter_lines()) if events.status_code == 200 else ""
        return ""

    def close(self) -> None:
        self._client.close()


@pytest.mark.parametrize("program", proxies.PROGRAMS)
def test_a_page_behind_a_proxy_goes_on_when_the_active_hub_is_killed(
    program: str, folder: Path, url: str, tmp_path: Path
) -> None:
    if (why_not := proxies.missing(program)) is not None:
        pytest.skip(why_not)
    authority, port = Authority(tmp_path), free_port()
    files = authority.certificate(HOST)
    site = SITE.format(host=HOST, proxy=port, fleet=free_port())
    first, second = Hub(folder / "a", url, site), Hub(folder / "b", url, site)
    browser = Browser(port, authority)
    with proxies.serving(program, port, (first.port, second.port), files.certificate, files.key):
        try:
            first.start()
            link = first.data / "link"
            first.until(link.exists, "a one-time link")
            first.command("fleet", "init")
            give_keys(first, second)
            second.start()
            first.until(lambda: second.status().get("standby"), "the second hub to wait")
            first.until(lambda: browser.answers("/healthz"), "an answer through the proxy")
            opened = first.command("link").rpartition("/open/")[2].strip()
            assert browser.ask("GET", f"/open/{opened}").status_code == 303
            assert browser.first_event()
            stated = {"purpose": "road_safety", "case": "report 2026-117"}
            assert browser.ask("PUT", "/api/v1/purpose", stated).status_code == 200
            begun_s = time.monotonic()
            first.signal_all(signal.SIGKILL)
            first.until(lambda: browser.answers("/api/v1/purpose"), "the page to go on", LIVE_AGAIN_S)
            assert time.monotonic() - begun_s < LIVE_AGAIN_S
            second.until(lambda: not second.status().get("standby"), "the second hub to be active")
            # By the session that the first hub began; what waited ends as the hub that takes over begins to listen.
            second.until(lambda: browser.case() == stated["case"], "what was stated", LIVE_AGAIN_S)
            second.until(browser.first_event, "the live events", LIVE_AGAIN_S)
        finally:
            browser.close()
            for one in (first, second):
                one.stop()
