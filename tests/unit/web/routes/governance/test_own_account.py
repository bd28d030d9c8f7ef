"""One's own sessions, and tokens that are shown once and may what they were made for."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Method
from passerby.domain.audit import AuditEntry
from testing.web.fakes import HOST, NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S
TOKEN = {
    "account": "una", "label": "Grafana", "scopes": ["see_counts"], "purpose": "traffic_planning",
    "case": "dashboard", "until": "2026-12-31",
}  # fmt: skip


async def session(service: Service, name: str, role: Role) -> httpx.AsyncClient:
    """A browser in which an account with this role has logged in."""
    store = service.access._context.store
    if await store.account(name) is None:
        await service.access.accounts.make(name, "test")
        grant = Grant(0, name, role, EVERY_CAMERA, 0, NOW_S * NS_PER_S + 90 * DAY_NS, "x", "y")
        await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", name))
    return service.browser(await service.access.sessions.begin(name, Method.PASSKEY, Visitor("127.0.0.1", "Firefox")))


@pytest.mark.asvs("7.4.4", "7.5.2")
def test_one_s_own_sessions_are_listed_and_ended() -> None:
    async def play() -> None:
        service = Service()
        una, other = await session(service, "una", Role.ANALYST), await session(service, "una", Role.ANALYST)
        ben = await session(service, "ben", Role.ANALYST)
        said = (await una.get("/api/v1/account")).json()
        assert (said["kind"], said["roles"]) == ("account", ["analyst"])
        assert said["permissions"] == ["see_public", "see_own", "see_state", "see_counts", "export_counts"]
        rows = said["sessions"]
        assert sorted(row["this"] for row in rows) == [False, True]
        (number,) = [row["id"] for row in rows if not row["this"]]
        assert (await ben.delete(f"/api/v1/account/sessions/{number}")).status_code == 404
        assert (await una.delete(f"/api/v1/account/sessions/{number}")).status_code == 204
        assert (await other.get("/api/v1/account")).status_code == 401
        assert (await una.delete("/api/v1/account/passkeys/none")).json()["code"] == "no-such-passkey"

    asyncio.run(play())


def test_the_holder_of_the_link_has_no_sessions_to_see() -> None:
    service = Service()
    said = service.get("/api/v1/account").json()
    assert (said["name"], said["sessions"], said["passkeys"]) == ("holder of the link", [], [])
    assert asyncio.run(service.ask("DELETE", "/api/v1/account/sessions/x")).status_code == 404


def test_a_token_may_what_it_was_made_for_and_is_shown_once() -> None:
    async def play() -> None:
        service = Service()
        una = await session(service, "una", Role.ANALYST)
        made = await una.post("/api/v1/tokens", json=TOKEN)
        assert made.status_code == 201, made.text
        text, row = made.json()["token"], made.json()["row"]
        assert (row["scopes"], row["groups"], row["holds"], row["last_used"]) == (["see_counts"], ["*"], True, None)
        assert text not in (await una.get("/api/v1/tokens")).text
        headers = {"Authorization": f"Bearer {text}"}
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers) as program:
            assert (await program.get("/api/v1/observations")).status_code == 200
            assert (await program.get("/api/v1/account")).status_code == 403
            assert (await una.delete(f"/api/v1/tokens/{row['id']}")).status_code == 204
            assert (await program.get("/api/v1/observations")).status_code == 401
        assert (await una.get("/api/v1/tokens")).json()["rows"][0]["holds"] is False

    asyncio.run(play())


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"scopes": ["configure"]}, 422), ({"scopes": []}, 422), ({"account": "ben"}, 403),
        ({"until": "2030-01-01"}, 422),
        ({"groups": ["nowhere!"]}, 422), ({"case": "x"}, 422), ({"label": " "}, 422), ({"purpose": "fun"}, 422),
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused(change: dict[str, Any], status: int) -> None:
    async def play() -> None:
        service = Service()
        una = await session(service, "una", Role.ANALYST)
        await session(service, "ben", Role.ANALYST)
        answer = await una.post("/api/v1/tokens", json=TOKEN | change)
        assert answer.status_code == status, answer.text

    asyncio.run(play())
