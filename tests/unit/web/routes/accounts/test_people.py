"""Accounts, grants and tokens on their pages: who proposes, who confirms, what a token may, and when streams end."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Identity, Method
from passerby.domain.audit import AuditEntry
from testing.web.fakes import HOST, NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S


async def session(service: Service, name: str, *roles: Role) -> httpx.AsyncClient:
    """A browser in which an account with these roles has logged in."""
    store = service.access._context.store
    if await store.account(name) is None:
        await service.access.accounts.make(name, "test")
    for role in roles:
        grant = Grant(0, name, role, EVERY_CAMERA, 0, NOW_S * NS_PER_S + 90 * DAY_NS, "x", "y")
        await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", name))
    begun = await service.access.sessions.begin(name, Method.PASSKEY, Visitor("127.0.0.1", "Firefox"))
    return service.browser(begun)


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
        invitation = await ann.post("/accounts/add", data={"account": "olga"})
        assert "/join/" in invitation.text
        assert (await ann.post("/accounts/propose", data=PROPOSAL)).status_code == 200
        olga = await session(service, "olga")
        why = {"purpose": "road_safety", "case": "report 7"}
        assert (await olga.put("/api/v1/purpose", json=why)).status_code == 403
        waiting = (await pia.get("/accounts")).text
        number = re.findall(r'name="grant" value="(\d+)"', waiting[waiting.index("waits for confirmation") :])[0]
        assert (await ann.post("/accounts/confirm", data={"grant": number})).status_code == 403
        assert (await pia.post("/accounts/confirm", data={"grant": number})).status_code == 200
        assert (await olga.put("/api/v1/purpose", json=why)).status_code == 200
        assert (await olga.post("/api/v1/cameras/square/ticket")).status_code == 200
        assert (await pia.post("/accounts/take-back", data={"grant": number})).status_code == 200
        assert (await olga.post("/api/v1/cameras/square/ticket")).status_code == 403

    scene(play)


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/accounts/add", {"account": "ANN"}, 422),
        ("/accounts/add", {"account": "<script>alert(1)</script>"}, 422),
        ("/accounts/add", {"name": "olga"}, 422),
        ("/accounts/propose", PROPOSAL, 422),
        ("/accounts/propose", {**PROPOSAL, "account": "ann"}, 403),
        ("/accounts/propose", {**PROPOSAL, "account": "pia", "role": "emperor"}, 422),
        ("/accounts/propose", {**PROPOSAL, "account": "pia", "until": "soon"}, 422),
        ("/accounts/propose", {**PROPOSAL, "account": "pia", "until": "2020-01-01"}, 422),
        ("/accounts/disable", {"account": "ann"}, 403),
        ("/accounts/take-back", {"grant": "x"}, 422),
        ("/accounts/take-back", {"grant": "99"}, 422),
    ],
)
def test_what_may_not_be_done_is_explained(path: str, form: dict[str, str], status: int) -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        answer = await ann.post(path, data=form)
        assert answer.status_code == status, answer.text
        assert 'role="alert"' in answer.text
        assert "<script>alert" not in answer.text
        assert (await pia.post("/accounts/add", data={"account": "x"})).status_code == 403

    scene(play)


@pytest.mark.asvs("7.5.1")
def test_an_old_log_in_changes_nothing_dangerous() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        service.clock.now_s += 601
        again = await ann.post("/accounts/add", data={"account": "olga"})
        assert (again.status_code, "Log in again" in again.text) == (403, True)
        text = {"text": "site:\n  name: Other\n"}
        changed = await ann.put("/api/v1/configuration", json=text, headers={"If-Match": "*"})
        assert (changed.status_code, changed.json()["code"]) == (403, "new-log-in-needed")
        path = "/api/v1/cameras/square/password"
        for refused in (await ann.put(path, json={"password": "x"}), await ann.delete(path)):
            assert (refused.status_code, refused.json()["code"]) == (403, "new-log-in-needed")
        assert (await ann.get(path)).status_code == 200
        assert (await ann.get("/api/v1/configuration")).status_code == 200

    scene(play)


def test_a_token_may_what_it_was_made_for_and_is_shown_once() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        una = await session(service, "una", Role.ANALYST)
        form = {
            "account": "una", "label": "Grafana", "scope_see_counts": "on", "scope_export_counts": "on",
            "groups": "centre", "purpose": "traffic_planning", "case": "dashboard", "until": "2026-12-31",
        }  # fmt: skip
        made = await una.post("/account/tokens", data=form)
        found = re.search(r"passerby_[0-9a-z]{8}_[0-9A-Za-z]{38}", made.text)
        assert found, made.text
        assert found[0] not in (await una.get("/account/tokens")).text
        transport = httpx.ASGITransport(service.app)
        headers = {"Authorization": f"Bearer {found[0]}"}
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers) as program:
            assert (await program.get("/api/v1/observations")).status_code == 200
            assert (await program.get("/api/v1/observations", headers={"Accept": "text/csv"})).status_code == 200
            assert (await program.get("/api/v1/cameras")).status_code == 403
            assert (await program.get("/account")).status_code == 403
            exported = [entry for entry in service.store.audit_rows if entry.action == "counts.exported"]
            assert [(entry.purpose, entry.case) for entry in exported] == [("traffic_planning", "dashboard")]
            await una.post("/account/tokens/revoke", data={"token": found[0].split("_")[1]})
            assert (await program.get("/api/v1/observations")).status_code == 401
            for wrong in ("passerby_", "x" * 10_000, "", "%00"):
                sent = {"Authorization": f"Bearer {wrong}"}
                assert (await program.get("/api/v1/observations", headers=sent)).status_code == 401

    scene(play)


@pytest.mark.asvs("7.4.4", "7.5.2")
def test_one_s_own_sessions_are_listed_and_ended() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        other = await session(service, "ann")
        listed = (await ann.get("/account")).text
        (number,) = re.findall(r'action="/account/sessions/([^/"]+)/end"', listed)
        assert (await pia.post(f"/account/sessions/{number}/end")).status_code == 404
        assert (await other.get("/account")).status_code == 200
        assert (await ann.post(f"/account/sessions/{number}/end")).status_code == 200
        assert (await other.get("/account")).status_code == 401

    scene(play)


@pytest.mark.asvs("2.3.2")
def test_exports_and_strangers_are_limited() -> None:
    service = Service()

    async def asked(address: str, path: str, times: int, **headers: str) -> list[int]:
        async with service.client(known=bool(headers), address=address) as client:
            return [(await client.get(path, headers=headers)).status_code for _ in range(times)]

    exports = asyncio.run(asked("127.0.0.1", "/api/v1/observations", 61, Accept="text/csv"))
    assert exports == [200] * 60 + [429]
    strangers = asyncio.run(asked("203.0.113.9", "/healthz", 601))
    assert (strangers[0], strangers[-1]) == (200, 429)
    assert asyncio.run(asked("203.0.113.10", "/healthz", 1)) == [200]
    service.clock.now_s += 61
    assert asyncio.run(asked("203.0.113.9", "/healthz", 1)) == [200]


def test_one_s_identities_are_on_the_account_page_and_are_removed_there() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        store = service.access._context.store
        for subject in ("4711", "4712"):
            identity = Identity("https://id.example.org", subject, "ann")
            await store.add_identity(identity, AuditEntry(0, "test", "identity.tied", "ann"))
        assert "4711" in (await ann.get("/account")).text
        one = {"issuer": "https://id.example.org", "subject": "4711"}
        assert (await pia.post("/account/identities/remove", data=one)).status_code == 422
        assert "4711" not in (await ann.post("/account/identities/remove", data=one)).text
        refused = await ann.post("/account/identities/remove", data={**one, "subject": "4712"})
        assert refused.status_code == 422 and "only way" in refused.text

    scene(play)


def test_a_grant_that_one_person_gave_is_shown_to_give_nothing() -> None:
    async def play(service: Service, ann: httpx.AsyncClient, pia: httpx.AsyncClient) -> None:
        await service.access.accounts.make("olga", "test")
        grant = Grant(0, "olga", Role.OPERATOR, EVERY_CAMERA, 0, NOW_S * NS_PER_S + DAY_NS, "ann", "ann")
        await service.access._context.store.propose_grant(grant, AuditEntry(0, "ann", "grant.confirmed", "olga"))
        assert "gives nothing: one person gave it" in (await pia.get("/accounts")).text

    scene(play)
