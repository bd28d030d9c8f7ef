"""Single sign-on over HTTP, from the log-in page by a real provider and back, and what happens when it goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from passerby.access import Access, Place
from passerby.access.credentials.passwords import Hasher
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.access_plan import AccessPlan, Provider
from passerby.domain.accounts import Identity
from passerby.domain.audit import AuditEntry
from testing.access.memory_store import MemoryAccessStore
from testing.access.oidc_provider import CLIENT_SECRET, RunningProvider, installed, running
from testing.web.fakes import NS_PER_S, Service
from testing.web.serving import served

pytestmark = pytest.mark.slow

ANSWER = "/log-in/answer"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the provider is installed."""
    folder = tmp_path_factory.mktemp("oidc")
    why_not = installed(folder)
    if why_not:
        pytest.skip(why_not)
    yield folder


@dataclass
class City:
    """A service, and the provider that its people log in at.

    Attributes:
        service: the service.
        provider: the provider.
        store: the accounts.
        origin: the service's address.
    """

    service: Service
    provider: RunningProvider
    store: MemoryAccessStore
    origin: str

    def browser(self) -> httpx.AsyncClient:
        """A browser; it keeps the cookies of both sites apart, as their host names differ."""
        headers = {"Accept": "text/html"}
        return httpx.AsyncClient(base_url=self.origin, headers=headers, follow_redirects=True, trust_env=False)

    async def answer(self, client: httpx.AsyncClient, to: str = "/account") -> httpx.URL:
        """Logs in at the provider, and returns the address that it sends the browser to, which was not opened yet."""
        asked = await client.get(f"/log-in/with/city?to={to}", follow_redirects=False)
        while asked.next_request is not None:
            if asked.next_request.url.path == ANSWER:
                return asked.next_request.url
            asked = await client.send(asked.next_request, follow_redirects=False)
        raise AssertionError(asked.text)

    def wait(self, seconds: int) -> None:
        """Time passes here and at the provider."""
        self.service.clock.now_s += seconds
        self.provider.set(offsetMs=round((self.service.clock.now_s - time.time()) * 1000))


@asynccontextmanager
async def city(package: Path) -> AsyncIterator[City]:
    store, plan, place = MemoryAccessStore(), [AccessPlan()], [Place("localhost", "")]
    services: list[Service] = []
    access = Access(
        store, b"k" * 32, lambda: plan[0], lambda: place[0], lambda: "Market square",
        clock=lambda: services[0].clock(), hasher=Hasher(memory_kib=64, time_cost=1),
    )  # fmt: skip
    service = Service(access=access)
    services.append(service)
    service.clock.now_s = time.time()  # type: ignore[assignment]
    async with served(service.app) as port:
        origin = f"http://localhost:{port}"
        place[0] = Place("localhost", origin)
        with running(package, origin + ANSWER) as provider:
            plan[0] = AccessPlan(providers=(Provider("city", provider.issuer, "passerby", CLIENT_SECRET, ("mfa",)),))
            await access.accounts.make("ana", "test")
            grant = Grant(0, "ana", Role.OPERATOR, EVERY_CAMERA, 0, service.clock() + 10**9 * NS_PER_S, "ida", "pia")
            await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", "ana"))
            tied = AuditEntry(0, "test", "identity.tied", "ana")
            await store.add_identity(Identity(provider.issuer, "ana-42", "ana"), tied)
            yield City(service, provider, store, origin)


def play(package: Path, act: Any) -> None:
    async def scene() -> None:
        async with city(package) as town, town.browser() as client:
            step: Coroutine[Any, Any, None] = act(town, client)
            await step

    asyncio.run(scene())


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/account")).status_code == 200


@pytest.mark.asvs("6.8.2", "10.1.1")
def test_from_the_log_in_page_by_the_provider_and_back(package: Path) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        assert "/log-in/with/city" in (await client.get("/log-in")).text
        back = await client.get("/log-in/with/city?to=/account")
        assert (back.url.path, back.status_code) == ("/account", 200)
        assert "ana" in back.text and "operator" in back.text
        assert str(back.url).startswith(town.origin)
        # Neither the provider's code nor its token is left in the browser, nor what the answer was bound by.
        ours = {cookie.name: cookie for cookie in client.cookies.jar if cookie.domain.startswith("localhost")}
        assert {name.partition("_device")[0] for name in ours} == {town.service.cookie.name("http")}
        assert town.store.entries[-1].detail == "by sign_on"
        begun = next(each for each in back.history if each.url.path == ANSWER)
        assert begun.headers["cache-control"] == "no-store"

    play(package, act)


def test_a_provider_that_is_down_is_said_to_be(package: Path) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        town.provider.set(down=True)
        away = await client.get("/log-in/with/city")
        assert (away.status_code, away.url.path) == (502, "/log-in/with/city")
        assert "503" in away.text and "Log in" in away.text
        town.provider.set(down=False)
        address = await town.answer(client)
        town.provider.set(down=True)
        assert (await client.get(address)).status_code == 502
        town.provider.set(down=False)
        assert not await is_in(client)
        assert (await client.get("/log-in/with/city?to=/account")).status_code == 200

    play(package, act)


def test_changed_keys_are_no_obstacle(package: Path) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        assert (await client.get("/log-in/with/city?to=/account")).status_code == 200
        await client.post("/account/log-out", headers={"Origin": town.origin})
        town.provider.set(rotate=True)
        town.wait(61)
        assert (await client.get("/log-in/with/city?to=/account")).status_code == 200

    play(package, act)


@pytest.mark.asvs("10.1.2", "10.2.1")
def test_an_answer_is_of_one_browser_and_works_once(package: Path) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        async with town.browser() as other:
            stolen = await town.answer(client)
            refused = await other.get(stolen)
            assert (refused.status_code, refused.url.path) == (401, ANSWER)
            assert not await is_in(other)
            assert (await client.get(stolen)).status_code == 401  # and it is used up by that
            # An attacker's answer, put upon a victim who has begun a log-in of their own.
            forced = await town.answer(other)
            await client.get("/log-in/with/city", follow_redirects=False)
            assert (await client.get(forced)).status_code == 401
            assert not await is_in(client)
        own = await town.answer(client)
        assert (await client.get(own)).status_code == 200
        await client.post("/account/log-out", headers={"Origin": town.origin})
        assert (await client.get(own)).status_code == 401
        assert not await is_in(client)

    play(package, act)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"iss": "https://evil.example"}, 401),
        ({"state": "x" * 43}, 401),
        ({"state": ""}, 401),
        ({"code": ""}, 401),
        ({"code": "x" * 43}, 502),
        ({"error": "access_denied"}, 502),
    ],
    ids=["issuer", "state", "no state", "no code", "code", "an error"],
)
@pytest.mark.asvs("10.2.2")
def test_a_changed_answer_lets_no_one_in(package: Path, change: dict[str, str], status: int) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        address = await town.answer(client)
        refused = await client.get(address.copy_merge_params(change))
        assert refused.status_code == status, refused.text
        assert "evil" not in refused.text
        assert not await is_in(client)

    play(package, act)


def test_one_proves_anew_who_one_is(package: Path) -> None:
    async def act(town: City, client: httpx.AsyncClient) -> None:
        await client.get("/log-in/with/city?to=/account")
        name = town.service.cookie.name("http")
        before = client.cookies[name]
        town.wait(601)
        assert "Log in again" in (await client.get("/account/password")).text
        again = await client.get("/log-in/again/with/city?to=/account/password")
        assert (again.url.path, again.status_code) == ("/account/password", 200)
        assert "New password" in again.text
        assert client.cookies[name] != before
        town.provider.set(account="eve-7")
        town.wait(601)
        # Another person sits down, and logs in at the provider.
        client.cookies.clear(domain="127.0.0.1")
        other = await client.get("/log-in/again/with/city?to=/account/password")
        assert other.status_code in (401, 403), other.text
        assert "Log in again" in (await client.get("/account/password")).text

    play(package, act)
