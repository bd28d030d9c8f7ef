"""Accounts and grants over the API: the rules are those of the pages, and their breach is a problem with its reason."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Method
from passerby.domain.audit import AuditEntry
from testing.web.fakes import NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S


async def session(service: Service, name: str, *roles: Role) -> httpx.AsyncClient:
    """A browser in which an account with these roles has logged in."""
    store = service.access._context.store
    if await store.account(name) is None:
        await service.access.accounts.make(name, "test")
    for role in roles:
        grant = Grant(0, name, role, EVERY_CAMERA, 0, NOW_S * NS_PER_S + 90 * DAY_NS, "x", "y")
        await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", name))
    return service.browser(await service.access.sessions.begin(name, Method.PASSKEY, Visitor("127.0.0.1", "Firefox")))


def scene(play: Any) -> Any:
    async def played() -> Any:
        service = Service()
        ann = await session(service, "ann", Role.ADMINISTRATOR)
        pia = await session(service, "pia", Role.PRIVACY_OFFICER)
        return await play(service, ann, pia)

    return asyncio.run(played())


PROPOSAL = {"account": "olga", "role": "operator", "group": "centre", "until": "2026-12-31"}


def test_an_administrator_proposes_and_a_privacy_officer_confirms() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        invited = await ann.post("/api/v1/accounts", json={"name": "olga"})
        assert invited.status_code == 201
        assert invited.json()["link"].startswith("http://localhost:8642/join/")
        proposed = await ann.post("/api/v1/grants", json=PROPOSAL)
        assert (proposed.status_code, proposed.json()["state"]) == (201, "waits")
        number = proposed.json()["id"]
        assert (proposed.json()["confirmable"], proposed.json()["returnable"]) == (False, True)
        assert (await ann.post(f"/api/v1/grants/{number}/confirm")).status_code == 403
        seen = (await pia.get("/api/v1/people")).json()
        (waiting,) = [row for row in seen["grants"] if row["state"] == "waits"]
        assert (waiting["id"], waiting["confirmable"]) == (number, True)
        assert (await pia.post(f"/api/v1/grants/{number}/confirm")).status_code == 204
        olga = await session(service, "olga")
        why = {"purpose": "road_safety", "case": "report 7"}
        assert (await olga.put("/api/v1/purpose", json=why)).status_code == 200
        assert (await pia.delete(f"/api/v1/grants/{number}")).status_code == 204
        assert (await olga.put("/api/v1/purpose", json=why)).status_code == 403
        after = {row["id"]: row["state"] for row in (await ann.get("/api/v1/people")).json()["grants"]}
        assert after[number] == "taken_back"

    scene(play)


def test_accounts_say_how_they_log_in_and_are_disabled_and_enabled() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        olga = await session(service, "olga", Role.ANALYST)
        rows = {row["name"]: row for row in (await ann.get("/api/v1/people")).json()["accounts"]}
        assert (rows["ann"]["own"], rows["olga"]["own"], rows["olga"]["logs_in_by"]) == (True, False, [])
        off = await ann.put("/api/v1/accounts/olga", json={"enabled": False})
        assert (off.status_code, off.json()["enabled"]) == (200, False)
        assert (await olga.get("/api/v1/account")).status_code == 401
        assert (await ann.put("/api/v1/accounts/olga", json={"enabled": True})).json()["enabled"] is True
        again = await ann.post("/api/v1/accounts/olga/invitation")
        assert (again.status_code, again.json()["account"]) == (201, "olga")

    scene(play)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "accounts", {"name": "ANN"}, 422),
        ("POST", "accounts", {"name": "<script>"}, 422),
        ("POST", "accounts", {"account": "olga"}, 422),
        ("POST", "grants", PROPOSAL, 422),
        ("POST", "grants", {**PROPOSAL, "account": "ann"}, 403),
        ("POST", "grants", {**PROPOSAL, "account": "pia", "role": "emperor"}, 422),
        ("POST", "grants", {**PROPOSAL, "account": "pia", "until": "2026-02-31"}, 422),
        ("POST", "grants", {**PROPOSAL, "account": "pia", "until": "2020-01-01"}, 422),
        ("PUT", "accounts/ann", {"enabled": False}, 403),
        ("PUT", "accounts/nobody", {"enabled": False}, 422),
        ("DELETE", "grants/99", None, 422),
        ("DELETE", "grants/x", None, 422),
    ],
)
def test_what_may_not_be_done_is_explained(method: str, path: str, body: Any, status: int) -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        answer = await ann.request(method, f"/api/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"]
        assert "<script>" not in answer.text

    scene(play)


@pytest.mark.asvs("7.5.1")
def test_an_old_log_in_changes_nothing() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        assert (await ann.get("/api/v1/people")).json()["recent"] is True
        service.clock.now_s += 601
        for client, method, path, body in (
            (ann, "POST", "accounts", {"name": "olga"}),
            (ann, "POST", "accounts/pia/invitation", None),
            (ann, "PUT", "accounts/pia", {"enabled": False}),
            (ann, "POST", "grants", PROPOSAL),
            (ann, "DELETE", "grants/1", None),
            (pia, "POST", "grants/1/confirm", None),
            (pia, "POST", "cases/1/answer", {"answer": "x"}),
            (pia, "DELETE", "account/passkeys/x", None),
        ):
            answer = await client.request(method, f"/api/v1/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "new-log-in-needed"), path
        assert (await ann.get("/api/v1/people")).json()["recent"] is False

    scene(play)
