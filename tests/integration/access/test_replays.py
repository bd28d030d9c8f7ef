"""Answers, codes and grants over a real connection, used twice, elsewhere, too early or too late: none lets in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
import pytest
import websockets
from websockets.asyncio.client import connect

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Purpose, Role
from passerby.domain.audit import AuditEntry
from testing.access.authenticator import Authenticator
from testing.web.fakes import NS_PER_S, Service
from testing.web.serving import served

PASSWORD = "violet kettle under seven bridges"
HOUR_NS = 3600 * NS_PER_S


@dataclass
class Town:
    """A service with accounts, and browsers of it."""

    service: Service
    port: int
    codes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Authenticator] = field(default_factory=dict)

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", follow_redirects=False)

    def code(self, name: str) -> str:
        return pyotp.TOTP(self.codes[name]).at(int(self.service.clock.now_s))

    async def add(self, name: str) -> None:
        """Adds an account with a password, codes and a passkey."""
        access = self.service.access
        await access.accounts.make(name, "test")
        invitation = await access.enrolment._invitations.new(name, "test")
        set_up = await access.enrolment.begin_password(invitation)
        self.codes[name] = set_up.secret
        here = Visitor("127.0.0.1", "")
        done = await access.enrolment.finish_password(invitation, set_up.set_up_id, PASSWORD, self.code(name), here)
        assert done.session is not None
        principal = await access.principal_of(cookie=done.session.cookie)
        assert principal is not None
        key = self.keys[name] = Authenticator()
        question = await access.passkeys.begin_add(principal)
        await access.passkeys.finish_add(principal, question.question_id, key.create(question.options), "key", here)
        self.service.clock.now_s += 30

    async def grant(self, name: str, role: Role, start_ns: int, end_ns: int) -> Grant:
        grant = Grant(0, name, role, EVERY_CAMERA, start_ns, end_ns, "ida", "pia")
        return await self.service.access._context.store.propose_grant(
            grant, AuditEntry(0, "x", "grant.confirmed", name)
        )

    async def ask(self, client: httpx.AsyncClient, path: str = "/log-in/passkey") -> dict[str, str]:
        answer = await client.post(path)
        assert answer.status_code == 200, answer.text
        question: dict[str, str] = answer.json()
        return question

    async def log_in(self, client: httpx.AsyncClient, name: str) -> None:
        question = await self.ask(client)
        answer = self.keys[name].get(question["options"])
        assert await give(client, question, answer) == 200


async def give(
    client: httpx.AsyncClient, question: dict[str, str], answer: str, path: str = "/log-in/passkey/answer"
) -> int:
    sent = {"question_id": question["question_id"], "answer": answer}
    return (await client.post(path, json=sent)).status_code


@asynccontextmanager
async def town(*names: str) -> AsyncIterator[Town]:
    service = Service()
    async with served(service.app) as port:
        found = Town(service, port)
        for name in names or ("ana",):
            await found.add(name)
        yield found


def run(scene: Callable[[Town], Awaitable[None]], *names: str) -> None:
    async def whole() -> None:
        async with town(*names) as there:
            await scene(there)

    asyncio.run(whole())


def test_an_answer_to_a_passkey_s_question_works_once_here_and_in_time() -> None:
    async def scene(there: Town) -> None:
        key = there.keys["ana"]
        async with there.browser() as one, there.browser() as two:
            question = await there.ask(one)
            answer = key.get(question["options"])
            assert await give(one, question, answer) == 200
            assert await give(one, question, answer) == 401, "the same again"
            assert await give(two, question, answer) == 401, "the same in another browser"
            assert await give(two, question, key.get(question["options"])) == 401, "a new signature, an old question"
            other = await there.ask(two)
            assert await give(two, other, answer) == 401, "an old signature, a new question"
            late = await there.ask(two)
            there.service.clock.now_s += 301
            assert await give(two, late, key.get(late["options"])) == 401, "too late"
            there.service.clock.now_s += 1
            back = await there.ask(two)
            signed = key.get(back["options"])
            there.service.clock.now_s -= 400
            assert await give(two, back, signed) == 401, "the clock was set back"
            for origin in ("http://localhost:8643", "http://localhost", "https://localhost:8642", "null"):
                again = await there.ask(two)
                assert await give(two, again, key.get(again["options"], origin=origin)) == 401, origin
            assert (await two.get("/account")).status_code == 401

    run(scene)


def test_a_counter_that_goes_back_or_stands_still_lets_no_one_in() -> None:
    async def scene(there: Town) -> None:
        key = there.keys["ana"]
        async with there.browser() as client:
            key.count = 7
            await there.log_in(client, "ana")
            for before in (7, 1, 0, None):
                question = await there.ask(client)
                key.count, key._counts = before or 0, before is not None
                assert await give(client, question, key.get(question["options"])) == 401, before
            question = await there.ask(client)
            key.count, key._counts = 8, True
            assert await give(client, question, key.get(question["options"])) == 200

    run(scene)


def test_two_answers_at_the_same_moment_begin_one_session() -> None:
    async def scene(there: Town) -> None:
        async with there.browser() as client:
            question = await there.ask(client)
            answer = there.keys["ana"].get(question["options"])
            given = await asyncio.gather(*(give(client, question, answer) for _ in range(6)))
            assert sorted(given) == [200, *[401] * 5]

    run(scene)


def test_a_question_for_a_new_log_in_is_of_its_session_and_its_kind() -> None:
    async def scene(there: Town) -> None:
        confirm, answered = "/log-in/again/passkey", "/log-in/again/passkey/answer"
        key = there.keys["ana"]
        async with there.browser() as one, there.browser() as two, there.browser() as bob:
            await there.log_in(one, "ana")
            await there.log_in(two, "ana")
            await there.log_in(bob, "bob")
            question = await there.ask(one, confirm)
            answer = key.get(question["options"])
            assert await give(two, question, answer, answered) == 401, "another session of the same account"
            assert await give(one, question, answer, answered) == 401, "used up by that"
            question = await there.ask(one, confirm)
            assert await give(bob, question, key.get(question["options"]), answered) == 401, "another account"
            question = await there.ask(one, confirm)
            assert await give(one, question, key.get(question["options"])) == 401, "as a log-in"
            question = await there.ask(one)
            assert await give(one, question, key.get(question["options"]), answered) == 401, "of a log-in"
            question = await there.ask(one, confirm)
            assert await give(one, question, key.get(question["options"]), answered) == 200

    run(scene, "ana", "bob")


@pytest.mark.asvs("6.5.1")
def test_a_one_time_code_works_in_one_session_of_one_account() -> None:
    async def scene(there: Town) -> None:
        async with there.browser() as one, there.browser() as two:
            form = {"name": "ana", "password": PASSWORD, "code": there.code("ana"), "to": "/account"}
            assert (await one.post("/log-in", data=form)).status_code == 303
            assert (await two.post("/log-in", data=form)).status_code == 401
            assert (await one.post("/log-in/again", data=form)).status_code == 401
            there.service.clock.now_s += 30
            assert (await two.post("/log-in", data=form)).status_code == 401, "still within the skew"
            theirs = {**form, "code": there.code("bob")}
            assert (await two.post("/log-in", data=theirs)).status_code == 401, "a code of another account"
            now = {**form, "code": there.code("ana")}
            both = await asyncio.gather(*(two.post("/log-in", data=now) for _ in range(3)))
            assert sorted(each.status_code for each in both) == [303, 401, 401]

    run(scene, "ana", "bob")


@pytest.mark.parametrize("when", ["future", "ended", "taken back", "ended, and the clock set back"])
@pytest.mark.asvs("8.3.1")
def test_a_grant_that_does_not_hold_opens_no_kind_of_route(when: str) -> None:
    async def scene(there: Town) -> None:
        service, now_ns = there.service, there.service.clock()
        hub = service.app.state.hub
        for role in Role:
            start_ns, end_ns = now_ns - HOUR_NS, now_ns + 2 * HOUR_NS
            if when == "future":
                start_ns += 2 * HOUR_NS
            elif when.startswith("ended"):
                end_ns = now_ns + 60 * NS_PER_S
            grant = await there.grant("ana", role, start_ns, end_ns)
            if when == "taken back":
                await service.access._context.store.revoke_grant(grant.grant_id, now_ns, AuditEntry(0, "x", "y", "ana"))
        async with there.browser() as client:
            if when.startswith("ended"):
                service.clock.now_s += 61
                service.access._context.clock()
            if when.endswith("back") and when != "taken back":
                service.clock.now_s -= 61
            await there.log_in(client, "ana")
            principal = await service.access.principal_of(cookie=client.cookies[service.cookie.name("http")])
            assert principal is not None
            hub.purposes.hold(principal.session_id, hub.purposes.made(Purpose.MAINTENANCE, "a test"))
            table = {"Accept": "text/csv"}
            asked: list[tuple[str, str, dict[str, Any]]] = [
                ("GET", "/api/v1/cameras", {}), ("GET", "/api/v1/observations", {"headers": table}),
                ("GET", "/api/v1/live", {}), ("GET", "/api/v1/audit", {}), ("GET", "/api/v1/configuration", {}),
                ("GET", "/metrics", {}), ("GET", "/accounts", {}), ("POST", "/api/v1/cameras/square/ticket", {}),
                ("PUT", "/api/v1/purpose", {"json": {"purpose": "road_safety", "case": "report 7"}}),
            ]  # fmt: skip
            for method, path, options in asked:
                answer = await client.request(method, path, **options)
                assert answer.status_code == 403, (method, path)
            sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
            ticket = hub.tickets.new(principal, "square")
            address = f"ws://127.0.0.1:{there.port}/api/v1/cameras/square/view?ticket={ticket}"
            with pytest.raises(websockets.InvalidStatus) as refused:
                await connect(address, additional_headers=sent, proxy=None).__aenter__()
            assert refused.value.response.status_code == 403
            assert service.live.looks == 0

    run(scene)
