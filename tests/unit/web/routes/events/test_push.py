"""Notices in one's own browsers over HTTP: where they can be switched on, and what is refused."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from passerby.access import Access
from passerby.domain.accounts import Account
from passerby.domain.audit import AuditEntry
from passerby.domain.notices import PushPlan
from passerby.domain.recipients import Recipient
from passerby.domain.register import Wording
from passerby.publish.outlets.push_message import bytes_of, point, public_key, text_of
from passerby.publish.push_key import PushKey
from testing.access.memory_store import MemoryAccessStore
from testing.access.people import cheap_access
from testing.web.fakes import Service
from tests.unit.web.routes.events.test_place_events import Known

PATH = "/api/v1/push/subscription"
ENDPOINT = "https://push.example.org/s3cret-address"
KEYS = {"p256dh": text_of(point(generate_private_key(SECP256R1()))), "auth": text_of(bytes(16))}
BODY = {"endpoint": ENDPOINT, "keys": KEYS}
PUSH = Recipient(
    "operators", Wording({"en": "Operators"}), PushPlan("mailto:a@example.org", ("push.example.org",)), frozenset()
)


@pytest.fixture
def store() -> MemoryAccessStore:
    made = MemoryAccessStore()
    asyncio.run(made.add_account(Account("ana", "ana", "handle", 0), AuditEntry(0, "test", "account.added", "ana")))
    return made


def service(store: MemoryAccessStore, folder: Path, *recipients: Recipient, role: str = "operator") -> Service:
    made = Service(identities=Known(role, "*"))
    access: Access = cheap_access(store, made.clock, lambda: made.place)
    hub = made.app.state.hub
    made.app.state.hub = replace(hub, access=access, push_key=PushKey(folder / "push.key", {}))
    made.configurations.plan = replace(made.configurations.plan, recipients=recipients)
    return made


def test_a_browser_is_switched_on_and_off(store: MemoryAccessStore, tmp_path: Path) -> None:
    made = service(store, tmp_path, PUSH)
    state = made.get(PATH).json()
    assert (state["services"], state["browsers"]) == (["push.example.org"], [])
    public_key(bytes_of(state["key"]))
    assert made.put(PATH, json={**BODY, "expirationTime": None}).status_code == 204
    (kept,) = asyncio.run(store.push_subscriptions())
    assert (kept.endpoint, kept.account, text_of(kept.public_key)) == (ENDPOINT, "ana", KEYS["p256dh"])
    state = made.get(PATH)
    assert state.json()["browsers"] == [{"service": "push.example.org", "since": "2026-09-28T12:00:00+02:00"}]
    assert "s3cret" not in state.text
    assert asyncio.run(made.ask("DELETE", PATH)).status_code == 204
    assert made.get(PATH).json()["browsers"] == []
    assert [entry.action for entry in store.entries] == ["account.added", "push.on", "push.off"]


def test_it_is_off_by_default(store: MemoryAccessStore, tmp_path: Path) -> None:
    made = service(store, tmp_path)
    assert made.get(PATH).json() == {"key": None, "services": [], "browsers": []}
    answer = made.put(PATH, json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-web-push")
    assert not (tmp_path / "push.key").exists(), "no key is made that nobody needs"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"endpoint": "https://10.0.0.7/s3cret"}, "body.endpoint"),
        ({"endpoint": "http://push.example.org/s3cret"}, "body.endpoint"),
        ({"keys": {**KEYS, "p256dh": text_of(b"\x04" + bytes(64))}}, "body.keys.p256dh"),
        ({"keys": {**KEYS, "p256dh": "s3cret!"}}, "body.keys.p256dh"),
        ({"keys": {**KEYS, "auth": text_of(bytes(15))}}, "body.keys.auth"),
        ({"keys": {"p256dh": KEYS["p256dh"]}}, "body"),
        ({"endpoint": "s3cret" * 1000}, "body"),
    ],
)
def test_what_is_no_subscription_is_refused(
    store: MemoryAccessStore, tmp_path: Path, changes: dict[str, Any], where: str
) -> None:
    answer = service(store, tmp_path, PUSH).put(PATH, json={**BODY, **changes})
    assert answer.status_code == 422
    assert [fault["where"] for fault in answer.json()["faults"]] == [where]
    assert "s3cret" not in answer.text
    assert asyncio.run(store.push_subscriptions()) == ()


@pytest.mark.parametrize("role", ["analyst", "officer", "auditor"])
def test_who_sees_no_events_switches_nothing_on(store: MemoryAccessStore, tmp_path: Path, role: str) -> None:
    made = service(store, tmp_path, PUSH, role=role)
    assert made.put(PATH, json=BODY).status_code == 403
    assert made.get(PATH).status_code == 403


def test_the_holder_of_the_link_has_no_browsers(tmp_path: Path) -> None:
    made = Service()
    made.configurations.plan = replace(made.configurations.plan, recipients=(PUSH,))
    answers = [made.get(PATH), made.put(PATH, json=BODY)]
    assert [answer.status_code for answer in answers] == [403, 403]
