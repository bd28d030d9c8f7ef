"""The page of the cameras' passwords: written and never read, after a new log-in, by who configures these cameras."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from passerby.access import Visitor
from passerby.camera_secrets.errors import CameraSecretError
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Method
from passerby.domain.audit import AuditEntry
from passerby.domain.sources import PasswordPlace, PasswordState
from testing.web.fakes import CANARY, NOW_S, NS_PER_S, Service

PAGE = "/camera-passwords"
SET, REMOVE = f"{PAGE}/square/set", f"{PAGE}/square/remove"
LONG_NS = 1200 * NS_PER_S

Part = Callable[[Service, httpx.AsyncClient], Awaitable[None]]


async def session(service: Service, group: str, ago_ns: int) -> httpx.AsyncClient:
    """The browser of an administrator of a group of cameras, who logged in so long ago."""
    store = service.access._context.store
    await service.access.accounts.make("ann", "test")
    grant = Grant(0, "ann", Role.ADMINISTRATOR, group, 0, (NOW_S + 90 * 86_400) * NS_PER_S, "x", "y")
    await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", "ann"))
    begun = await service.access.sessions.begin("ann", Method.PASSKEY, Visitor("127.0.0.1", "Firefox"))
    service.clock.now_s += ago_ns // NS_PER_S
    return service.browser(begun)


def play(part: Part, group: str = EVERY_CAMERA, ago_ns: int = 0) -> None:
    async def played() -> None:
        service = Service()
        square, gate = service.configurations.plan.cameras
        cameras = (
            replace(square, groups=("centre",), source=replace(square.source, user="u")),
            replace(gate, groups=("station",), source=replace(gate.source, user="")),
        )
        service.configurations.plan = replace(service.configurations.plan, cameras=cameras)
        async with await session(service, group, ago_ns) as browser:
            await part(service, browser)

    asyncio.run(played())


@pytest.mark.asvs("13.3.2")
def test_a_password_is_kept_shown_as_kept_and_removed() -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        assert "No password." in (await ann.get(PAGE)).text
        kept = await ann.post(SET, data={"password": CANARY})
        assert (kept.status_code, str(kept.url.path)) == (200, PAGE)
        assert "Kept encrypted since 2026-09-28 12:00." in kept.text
        assert CANARY not in kept.text
        assert list(service.configurations.passwords) == ["square"]
        assert "No password." in (await ann.post(REMOVE, data={})).text
        assert service.configurations.passwords == {}

    play(part)


def test_the_log_in_must_be_a_short_while_ago() -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        assert (await ann.get(PAGE)).status_code == 200
        for path in (SET, REMOVE):
            again = await ann.post(path, data={"password": CANARY})
            assert again.status_code == 403
            assert "Log in again" in again.text
            assert CANARY not in again.text
        assert service.configurations.passwords == {}

    play(part, ago_ns=LONG_NS)


def test_only_cameras_of_one_s_groups_are_shown_and_changed() -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        shown = (await ann.get(PAGE)).text
        assert ("<h2>gate</h2>" in shown, "<h2>square</h2>" in shown) == (True, False)
        assert (await ann.post(SET, data={"password": CANARY})).status_code == 403
        assert service.configurations.passwords == {}

    play(part, group="station")


@pytest.mark.parametrize("sent", [{}, {"password": ""}, {"password": f"{CANARY}\n"}, {"password": CANARY * 100}])
def test_a_wrong_password_is_refused_and_not_repeated(sent: dict[str, str]) -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        answer = await ann.post(SET, data=sent, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 422
        assert "1 to 1000 printable letters" in answer.text
        assert CANARY not in answer.text
        assert service.configurations.passwords == {}

    play(part)


def test_another_origin_and_a_camera_that_is_not_there_are_refused() -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        foreign = await ann.post(SET, data={"password": CANARY}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        nowhere = await ann.post(SET.replace("square", "nowhere"), data={"password": CANARY})
        assert nowhere.status_code in (403, 404)
        assert service.configurations.passwords == {}

    play(part)


def test_why_it_is_not_kept_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        refused = await ann.post(SET, data={"password": "refused"})
        assert (refused.status_code, "the site file has a password for it" in refused.text.lower()) == (409, True)

        async def full(*_: object) -> None:
            raise CameraSecretError("the disk is full")

        monkeypatch.setattr(service.configurations, "set_password", full)
        monkeypatch.setattr(service.configurations, "clear_password", full)
        for path in (SET, REMOVE):
            answer = await ann.post(path, data={"password": CANARY})
            assert (answer.status_code, "The disk is full." in answer.text) == (503, True)
            assert CANARY not in answer.text

    play(part)


@pytest.mark.parametrize(
    ("state", "words", "forms"),
    [
        (PasswordState(PasswordPlace.OUTSIDE), "it is changed there", 0),
        (PasswordState(PasswordPlace.ENCRYPTED, NOW_S * NS_PER_S, "the key is gone"), "The key is gone.", 2),
        (PasswordState(PasswordPlace.NONE), "No password.", 1),
    ],
)
def test_each_state_has_its_words_and_its_forms(state: PasswordState, words: str, forms: int) -> None:
    async def part(service: Service, ann: httpx.AsyncClient) -> None:
        service.configurations.passwords["square"] = state
        shown = (await ann.get(PAGE)).text
        assert words in shown
        assert shown.count(f'action="{PAGE}/square/') == forms
        assert "give the camera a user in the site file first" in shown  # the other one

    play(part)
