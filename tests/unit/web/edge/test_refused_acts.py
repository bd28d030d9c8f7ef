"""What is asked for by who may not is in the audit log: by the address's pattern, and not without end."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx
import pytest

from passerby.domain.access import EVERY_CAMERA, Grant, Principal, PrincipalKind, Role
from passerby.web.edge.identities import Credentials
from passerby.web.edge.refused_acts import EACH, REFUSED, REFUSED_OFTEN
from testing.web.fakes import CANARY, HOST, NOW_S, NS_PER_S, Service

Part = Callable[[Service, httpx.AsyncClient], Awaitable[None]]


class Named:
    """Takes the cookie for the name of an analyst."""

    async def principal(self, credentials: Credentials) -> Principal | None:
        if not credentials.cookies:
            return None
        name = credentials.cookies[0]
        grant = Grant(1, name, Role.ANALYST, EVERY_CAMERA, 0, (NOW_S + 3600) * NS_PER_S, "ann", "ben")
        return Principal(name, PrincipalKind.ACCOUNT, (grant,), name)


def play(part: Part) -> None:
    async def played() -> None:
        service = Service(identities=Named())
        headers = {"Origin": f"http://{HOST}", "Cookie": f"{service.cookie.name('http')}=eve"}
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers) as client:
            await part(service, client)

    asyncio.run(played())


@pytest.mark.asvs("16.3.2")
def test_a_refused_act_names_who_and_what_and_nothing_that_was_typed() -> None:
    async def part(service: Service, eve: httpx.AsyncClient) -> None:
        assert (await eve.get("/api/v1/audit")).status_code == 403
        assert (await eve.get("/api/v1/version")).status_code == 200
        assert (await eve.put("/api/v1/cameras/square/password", json={"password": CANARY})).status_code == 403
        assert (await eve.put(f"/api/v1/cameras/{CANARY}/password?x={CANARY}", content=CANARY)).status_code == 403
        assert (await eve.get(f"/{CANARY}")).status_code == 404
        assert [(row.actor, row.action, row.subject, row.detail) for row in service.store.audit_rows] == [
            ("eve", REFUSED, "GET /api/v1/audit", ""),
            ("eve", REFUSED, "PUT /api/v1/cameras/{camera}/password", "camera square"),
            ("eve", REFUSED, "PUT /api/v1/cameras/{camera}/password", ""),
        ]

    play(part)


def test_a_storm_fills_no_log_and_hides_no_one_else() -> None:
    async def part(service: Service, eve: httpx.AsyncClient) -> None:
        for _ in range(EACH.amount + 9):
            assert (await eve.get("/api/v1/audit")).status_code == 403
        other = {"Cookie": f"{service.cookie.name('http')}=mallory"}
        assert (await eve.get("/api/v1/audit", headers=other)).status_code == 403
        found = [(row.actor, row.action) for row in service.store.audit_rows]
        assert found == [("eve", REFUSED)] * EACH.amount + [("eve", REFUSED_OFTEN), ("mallory", REFUSED)]
        service.clock.now_s += 3601
        assert (await eve.get("/api/v1/audit")).status_code == 403
        assert (service.store.audit_rows[-1].actor, service.store.audit_rows[-1].action) == ("eve", REFUSED)

    play(part)


def test_who_is_not_known_leaves_none_and_a_broken_log_lets_no_one_in() -> None:
    async def part(service: Service, eve: httpx.AsyncClient) -> None:
        assert (await eve.get("/api/v1/audit", headers={"Cookie": ""})).status_code == 401
        assert service.store.audit_rows == []

        service.store.away = True
        assert (await eve.get("/api/v1/audit")).status_code == 403

    play(part)


def test_a_live_view_without_the_right_is_one() -> None:
    service = Service(identities=Named())
    headers = [(b"host", HOST.encode()), (b"cookie", f"{service.cookie.name('ws')}=eve".encode())]
    scope = {
        "type": "websocket", "path": "/api/v1/cameras/square/view", "raw_path": b"", "query_string": b"ticket=x",
        "headers": headers, "client": ("127.0.0.1", 1), "server": (HOST, 80), "scheme": "ws", "subprotocols": [],
        "extensions": {"websocket.http.response": {}}, "root_path": "",
    }  # fmt: skip
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(f"{message['type']} {message.get('status', '')}")

    asyncio.run(service.app(scope, receive, send))
    assert sent[0] == "websocket.http.response.start 403"
    assert [(row.actor, row.subject) for row in service.store.audit_rows] == [
        ("eve", "WS /api/v1/cameras/{camera}/view")
    ]
