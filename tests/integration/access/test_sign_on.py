"""Log-in by a real OpenID Connect provider, which also goes down, rotates its keys, and has a clock of its own."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest

from passerby.access import (
    InputError,
    LogInRefusedError,
    NewSession,
    ProviderError,
    RecentLogInNeededError,
    UnknownIdentityError,
)
from passerby.access.values import SignOnEnd
from passerby.domain.access import Principal, Role
from passerby.domain.access_plan import AccessPlan, Provider
from passerby.domain.accounts import Identity, Method
from passerby.domain.audit import UNKNOWN_NAME, AuditEntry
from testing.access.oidc_provider import CLIENT_SECRET, RunningProvider, installed, running
from testing.access.people import DESK, People
from testing.waiting import Clock

pytestmark = pytest.mark.slow

REDIRECT = "http://localhost:8642/log-in/answer"
RIGHT = {"account": "ana-42", "amr": ["mfa"], "acr": "urn:high", "offsetMs": 0, "down": False, "refuse": False}


class WallClock(Clock):
    """The machine's own clock, and as many seconds more."""

    def __init__(self) -> None:
        import time

        super().__init__(int(time.time()))


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    folder = tmp_path_factory.mktemp("oidc")
    why_not = installed(folder)
    if why_not:
        pytest.skip(why_not)
    with running(folder, REDIRECT) as one:
        yield one


@pytest.fixture(autouse=True)
def right(provider: RunningProvider) -> None:
    provider.set(**RIGHT)


class Site:
    """People who may log in at the provider."""

    def __init__(self, provider: RunningProvider, **changes: Any) -> None:
        self.provider = provider
        self.people = People(clock=WallClock())
        city = Provider("city", provider.issuer, "passerby", CLIENT_SECRET, ("mfa", "hwk"))
        self.people.plan = AccessPlan(providers=(replace(city, **changes),))

    async def tied(self, name: str = "ana", *roles: Role, subject: str = "ana-42") -> None:
        account = await self.people.access.accounts.make(name, "test")
        for role in roles or (Role.OPERATOR, Role.ANALYST):
            await self.people.grant(account.name, role)
        entry = AuditEntry(0, "test", "identity.tied", name)
        await self.people.store.add_identity(Identity(self.provider.issuer, subject, account.name), entry)

    async def log_in(self, who: Principal | str | None = None) -> SignOnEnd:
        start = await self.people.access.sign_on.begin("city", DESK, return_to="/events", who=who)
        answer = await asyncio.to_thread(self.provider.browse, start.url, REDIRECT)
        return await self.people.access.sign_on.finish(answer, start.binding, DESK)

    async def principal(self, session: NewSession) -> Principal:
        return await self.people.principal(session)


def play(asked: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asked)


@pytest.mark.parametrize("client", [{}, {"client_id": "public", "client_secret": None}])
@pytest.mark.asvs("10.1.1")
def test_who_is_tied_comes_in(provider: RunningProvider, client: dict[str, Any]) -> None:
    async def run() -> None:
        site = Site(provider, **client)
        await site.tied()
        end = await site.log_in()
        assert end.return_to == "/events"
        assert end.session.session.method is Method.SIGN_ON
        ana = await site.principal(end.session)
        assert (ana.name, ana.roles) == ("ana", {Role.OPERATOR, Role.ANALYST})
        assert CLIENT_SECRET not in repr(site.people.plan) + str(site.people.memory.__dict__)

    play(run())


@pytest.mark.parametrize(
    ("amr", "acr", "asked", "roles"),
    [
        (["pwd"], "urn:low", {}, {Role.ANALYST}),
        (["pwd", "hwk"], "urn:low", {}, {Role.OPERATOR, Role.ANALYST}),
        (["pwd"], "urn:high", {"amr": (), "acr": ("urn:high",)}, {Role.OPERATOR, Role.ANALYST}),
        (["mfa"], "urn:low", {"amr": (), "acr": ("urn:high",)}, {Role.ANALYST}),
        (["mfa"], "urn:high", {"amr": (), "acr": ()}, {Role.ANALYST}),
    ],
)
@pytest.mark.asvs("6.8.4")
def test_operators_need_the_methods_or_levels_that_the_site_asks_for(
    provider: RunningProvider, amr: list[str], acr: str, asked: dict[str, Any], roles: set[Role]
) -> None:
    async def run() -> None:
        provider.set(amr=amr, acr=acr)
        site = Site(provider, **asked)
        await site.tied()
        assert (await site.principal((await site.log_in()).session)).roles == roles

    play(run())


@pytest.mark.asvs("6.8.1", "10.5.2")
def test_an_identity_is_issuer_and_subject(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        provider.set(account="eve-7")
        with pytest.raises(UnknownIdentityError) as unknown:
            await site.log_in()
        assert (unknown.value.issuer, unknown.value.subject) == (provider.issuer, "eve-7")
        entry = site.people.entries[-1]
        assert (entry.actor, entry.action) == (UNKNOWN_NAME, "log_in.refused")
        assert "eve-7" not in repr(entry)

    play(run())


def test_a_disabled_account_stays_out(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        await site.people.store.set_enabled("ana", False, AuditEntry(0, "ida", "account.disabled", "ana"))
        with pytest.raises(LogInRefusedError):
            await site.log_in()

    play(run())


@pytest.mark.asvs("10.1.2", "10.2.1", "10.2.2")
def test_an_answer_works_once_for_its_browser_and_in_time(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        sign_on = site.people.access.sign_on
        start = await sign_on.begin("city", DESK)
        answer = await asyncio.to_thread(provider.browse, start.url, REDIRECT)
        other = await sign_on.begin("city", DESK)
        with pytest.raises(LogInRefusedError):  # an attacker's answer, put upon another browser
            await sign_on.finish(answer, other.binding, DESK)
        with pytest.raises(LogInRefusedError):  # and it is used up by that
            await sign_on.finish(answer, start.binding, DESK)
        fresh = await asyncio.to_thread(provider.browse, other.url, REDIRECT)
        for change in ({"state": "x" * 43}, {"state": ""}, {"iss": "https://evil.example"}, {"code": ""}):
            begun = await sign_on.begin("city", DESK)
            with pytest.raises(LogInRefusedError):
                mine = await asyncio.to_thread(provider.browse, begun.url, REDIRECT)
                await sign_on.finish({**mine, **change}, begun.binding, DESK)
        begun = await sign_on.begin("city", DESK)
        mine = await asyncio.to_thread(provider.browse, begun.url, REDIRECT)
        with pytest.raises(ProviderError):  # another log-in's code: neither PKCE nor the nonce fits
            await sign_on.finish({**mine, "code": fresh["code"]}, begun.binding, DESK)
        late = await sign_on.begin("city", DESK)
        mine = await asyncio.to_thread(provider.browse, late.url, REDIRECT)
        site.people.wait(601)
        with pytest.raises(LogInRefusedError):
            await sign_on.finish(mine, late.binding, DESK)

    play(run())


def test_a_refusal_at_the_provider_is_one_here(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        provider.set(refuse=True)
        with pytest.raises(ProviderError, match="did not let you in"):
            await site.log_in()

    play(run())


def test_keys_that_were_changed_are_fetched_anew(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        await site.log_in()
        provider.set(rotate=True)
        site.people.wait(61)
        provider.set(offsetMs=61_000)
        await site.log_in()

    play(run())


@pytest.mark.asvs("16.5.2")
def test_a_provider_that_is_down_is_said_to_be_and_comes_back(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        provider.set(down=True)
        with pytest.raises(ProviderError, match="503"):
            await site.log_in()
        provider.set(down=False)
        start = await site.people.access.sign_on.begin("city", DESK)
        answer = await asyncio.to_thread(provider.browse, start.url, REDIRECT)
        provider.set(down=True)
        with pytest.raises(ProviderError):
            await site.people.access.sign_on.finish(answer, start.binding, DESK)
        provider.set(down=False)
        await site.log_in()
        nowhere = Site(provider, issuer="http://127.0.0.1:9")
        with pytest.raises(ProviderError, match="does not answer"):
            await nowhere.log_in()

    play(run())


@pytest.mark.parametrize(("offset_s", "fine"), [(-90, True), (90, True), (-3600, False), (3600, False)])
@pytest.mark.asvs("9.2.1")
def test_clocks_may_be_two_minutes_apart_and_no_more(provider: RunningProvider, offset_s: int, fine: bool) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied()
        provider.set(offsetMs=offset_s * 1000)
        if fine:
            await site.log_in()
            return
        with pytest.raises(ProviderError, match="clocks"):
            await site.log_in()

    play(run())


@pytest.mark.asvs("7.2.4")
def test_a_session_is_confirmed_by_logging_in_anew(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        await site.tied("ana", Role.ANALYST)
        first = (await site.log_in()).session
        ana = await site.principal(first)
        site.people.wait(601)
        provider.set(offsetMs=601_000)
        with pytest.raises(RecentLogInNeededError):
            await site.people.access.enrolment.begin_password(ana)
        renewed = (await site.log_in(ana)).session
        assert renewed.session.session_id == first.session.session_id
        assert site.people.access.is_recent(await site.principal(renewed))
        assert await site.people.access.principal_of(cookie=first.cookie) is None
        # Another person at the same provider confirms nothing.
        await site.tied("eve", Role.ANALYST, subject="eve-7")
        provider.set(account="eve-7")
        with pytest.raises(LogInRefusedError):
            await site.log_in(await site.principal(renewed))

    play(run())


def test_an_invitation_ties_an_identity_once(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider)
        people = site.people
        await people.access.accounts.make("ana", "test")
        invite = people.access.enrolment._invitations
        end = await site.log_in(await invite.new("ana", "test"))
        assert (await site.principal(end.session)).name == "ana"
        await people.access.accounts.make("bob", "test")
        with pytest.raises(InputError, match="tied to an account already"):
            await site.log_in(await invite.new("bob", "test"))
        assert (await site.principal((await site.log_in()).session)).name == "ana"

    play(run())


def test_another_client_s_provider_is_refused(provider: RunningProvider) -> None:
    async def run() -> None:
        site = Site(provider, client_secret="wrong")
        await site.tied()
        with pytest.raises(ProviderError, match="401"):
            await site.log_in()
        with pytest.raises(InputError):
            await site.people.access.sign_on.begin("other", DESK)

    play(run())
