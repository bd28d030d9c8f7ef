"""Accounts, credentials, sessions, grants and tokens are kept alike by both databases and by the store in memory."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Purpose, Role, StatedPurpose
from passerby.domain.accounts import (
    Account,
    ApiToken,
    Challenge,
    ChallengeKind,
    Identity,
    Method,
    Passkey,
    Session,
)
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.ports import AccessStore, StoreError
from testing.access.memory_store import MemoryAccessStore
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper

NOW_NS = MONDAY_S * NS_PER_S
ADA = Account("ada", "ada", "handle-1", NOW_NS)
BOB = Account("bob", "bob", "handle-2", NOW_NS)
SESSION = Session("s1", "hash-1", "ada", Method.PASSWORD, True, NOW_NS, NOW_NS, NOW_NS + 1000, NOW_NS, "Firefox")
GRANT = Grant(0, "ada", Role.OPERATOR, "centre", NOW_NS, NOW_NS + 1000, "root")
TOKEN = ApiToken(
    "abcd1234", "hash", "ada", "Grafana", frozenset({Permission.SEE_COUNTS, Permission.SEE_STATE}), ("centre", "Őrség"),
    NOW_NS, NOW_NS + 1000, Purpose.TRAFFIC_PLANNING, "case 7", "ada",
)  # fmt: skip
PASSKEY = Passkey("id-1", "ada", "key", 0, "YubiKey", NOW_NS)


@dataclass
class Kept:
    """An access store, with its audit log."""

    store: AccessStore
    runner: Any
    log: Any

    def run(self, asked: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(asked)

    def actions(self) -> list[str]:
        return [entry.action for entry in self.log()]


def act(action: str) -> AuditEntry:
    return AuditEntry(NOW_NS, "root", action, "ada")


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def kept(request: pytest.FixtureRequest, new_database: Any) -> Iterator[Kept]:
    if request.param == "memory":
        memory = MemoryAccessStore()
        with asyncio.Runner() as runner:
            yield Kept(memory, runner, lambda: memory.entries)
        return
    with Keeper(new_database(request.param, tables=True)) as keeper:
        store = keeper.open()
        yield Kept(store.access, keeper, lambda: keeper.run(store.audit(EventQuery(0, 2**62))).rows)


@pytest.fixture
def ada(kept: Kept) -> Kept:
    assert kept.run(kept.store.add_account(ADA, act("account.added")))
    return kept


def test_an_account_is_added_once_and_none_looks_like_another(kept: Kept) -> None:
    store = kept.store
    assert not kept.run(store.any_account())
    assert kept.run(store.add_account(ADA, act("one")))
    assert not kept.run(store.add_account(ADA, act("again")))
    assert not kept.run(store.add_account(replace(BOB, skeleton="ada"), act("alike")))
    assert kept.run(store.add_account(BOB, act("two")))
    assert kept.run(store.any_account())
    assert kept.run(store.accounts()) == (ADA, BOB)
    assert kept.run(store.account("ada")) == ADA
    assert kept.run(store.account("ad")) is None
    assert kept.actions() == ["one", "two"]


def test_an_account_is_found_by_its_handle_until_it_is_removed(ada: Kept) -> None:
    found = ada.run(ada.store.account_of_handle("handle-1"))
    assert found is not None
    assert found.name == "ada"
    assert ada.run(ada.store.account_of_handle("handle")) is None
    assert ada.run(ada.store.add_account(BOB, act("account.added")))
    assert ada.run(ada.store.remove_account("ada", act("account.removed")))
    assert ada.run(ada.store.account_of_handle("handle-1")) is None


@pytest.mark.asvs("7.4.2")
def test_disabling_ends_sessions(ada: Kept) -> None:
    ada.run(ada.store.add_session(SESSION, act("log_in")))
    assert ada.run(ada.store.set_enabled("ada", False, act("off")))
    assert ada.run(ada.store.session_holder("hash-1")) is None
    found = ada.run(ada.store.account("ada"))
    assert not found.enabled
    assert ada.run(ada.store.set_enabled("ada", True, act("on")))
    assert not ada.run(ada.store.set_enabled("eve", True, act("never")))
    assert ada.actions() == ["account.added", "log_in", "off", "on"]


def test_codes_work_once(ada: Kept) -> None:
    store = ada.store
    ada.run(store.set_password("ada", "argon", "cipher", ["r1", "r2"], act("password.set")))
    found = ada.run(store.account("ada"))
    assert (found.password_hash, found.code_secret) == ("argon", "cipher")
    assert [ada.run(store.use_code("ada", step, 100)) for step in (100, 100, 101, 99, 101)] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert not ada.run(store.use_code("ada", 99, 105)), "still remembered"
    assert ada.run(store.recovery_codes("ada")) == 2
    used = [ada.run(store.use_recovery_code("ada", code, act("recovery"))) for code in ("r1", "r1", "r3")]
    assert used == [True, False, False]
    assert not ada.run(store.use_recovery_code("bob", "r2", act("theirs")))
    assert ada.run(store.recovery_codes("ada")) == 1
    ada.run(store.set_password("ada", "argon2", "cipher2", ["r9"], act("password.set")))
    assert not ada.run(store.use_recovery_code("ada", "r2", act("old")))
    assert not ada.run(store.renew_password_hash("ada", "argon", "argon3")), "the hash has changed meanwhile"
    assert ada.run(store.renew_password_hash("ada", "argon2", "argon3"))
    assert ada.run(store.account("ada")).password_hash == "argon3"
    assert ada.actions() == ["account.added", "password.set", "recovery", "password.set"]


@pytest.mark.asvs("2.3.4")
def test_one_code_lets_one_of_many_in(ada: Kept) -> None:
    async def all_at_once() -> list[bool]:
        return [*await asyncio.gather(*(ada.store.use_code("ada", 7, 7) for _ in range(8)))]

    assert sum(ada.run(all_at_once())) == 1


def test_challenges_are_taken_once_and_are_of_a_kind(kept: Kept) -> None:
    store, kind = kept.store, ChallengeKind.PASSKEY_LOG_IN
    one = Challenge("c1", kind, "ada", "{}", NOW_NS + 10)
    kept.run(store.add_challenge(one, NOW_NS, act("asked")))
    assert kept.run(store.take_challenge("c1", ChallengeKind.PASSKEY_ADD)) is None
    assert kept.run(store.challenge("c1", kind)) == one

    async def both() -> list[Challenge | None]:
        return [*await asyncio.gather(*(store.take_challenge("c1", kind) for _ in range(4)))]

    taken = kept.run(both())
    assert sorted(taken, key=str) == [one if each else None for each in sorted(taken, key=str)]
    assert taken.count(one) == 1
    kept.run(store.add_challenge(one, NOW_NS))
    kept.run(store.add_challenge(replace(one, challenge_hash="c2", account="bob"), NOW_NS))
    kept.run(store.withdraw_challenges("ada", kind))
    assert kept.run(store.challenge("c1", kind)) is None
    assert kept.run(store.challenge("c2", kind)) is not None
    assert kept.actions() == ["asked"]


def test_a_flood_of_challenges_pushes_out_the_oldest_of_its_own_kind(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.store.access.credential_rows.MAX_CHALLENGES", 3)
    monkeypatch.setattr("testing.access.memory_store.MAX_CHALLENGES", 3)
    kind, store = ChallengeKind.SIGN_ON, kept.store
    kept.run(store.add_challenge(Challenge("i", ChallengeKind.INVITATION, "ada", "", NOW_NS + 5), NOW_NS))
    for number in range(5):
        kept.run(store.add_challenge(Challenge(f"c{number}", kind, "", "{}", NOW_NS + 10 + number), NOW_NS))
    there = [number for number in range(5) if kept.run(store.challenge(f"c{number}", kind))]
    assert there == [2, 3, 4]
    assert kept.run(store.challenge("i", ChallengeKind.INVITATION)) is not None
    kept.run(store.add_challenge(Challenge("c9", kind, "", "{}", NOW_NS + 99), NOW_NS + 14))
    assert [number for number in range(5) if kept.run(store.challenge(f"c{number}", kind))] == []


def test_passkeys_count(ada: Kept) -> None:
    store = ada.store
    assert ada.run(store.add_passkey(PASSKEY, act("passkey.added")))
    assert not ada.run(store.add_passkey(replace(PASSKEY, account="bob"), act("stolen")))
    assert ada.run(store.count_passkey_use("id-1", 0, 3, NOW_NS + 1))
    assert not ada.run(store.count_passkey_use("id-1", 0, 4, NOW_NS + 1))
    assert ada.run(store.passkeys("ada")) == (replace(PASSKEY, sign_count=3, used_ns=NOW_NS + 1),)
    assert not ada.run(store.remove_passkey("bob", "id-1", act("theirs")))
    assert ada.run(store.remove_passkey("ada", "id-1", act("removed")))
    assert ada.run(store.passkey("id-1")) is None
    assert ada.actions() == ["account.added", "passkey.added", "removed"]


@pytest.mark.asvs("6.8.1")
def test_an_identity_is_of_one_account(ada: Kept) -> None:
    store, one = ada.store, Identity("https://id.example.org", "42", "ada")
    assert ada.run(store.add_identity(one, act("tied")))
    assert not ada.run(store.add_identity(replace(one, account="bob"), act("stolen")))
    assert ada.run(store.identity("https://id.example.org", "42")) == one
    assert ada.run(store.identity("https://other.example.org", "42")) is None
    assert ada.run(store.identities("ada")) == (one,)
    assert not ada.run(store.remove_identity(replace(one, account="bob"), act("theirs")))
    assert ada.run(store.remove_identity(one, act("untied")))
    assert ada.actions() == ["account.added", "tied", "untied"]


def test_sessions_with_account_and_grants_in_one_read(ada: Kept) -> None:
    store = ada.store
    ada.run(store.add_session(SESSION, act("log_in")))
    grant = ada.run(store.propose_grant(GRANT, act("proposed")))
    holder = ada.run(store.session_holder("hash-1"))
    assert (holder.session, holder.account, holder.grants) == (SESSION, ADA, (grant,))
    assert ada.run(store.session_holder_by_id("s1")) == holder
    assert ada.run(store.session_holder("hash-2")) is None
    link = replace(SESSION, session_id="s2", secret_hash="hash-2", account="", method=Method.LINK)
    ada.run(store.add_session(link, act("link")))
    assert ada.run(store.session_holder("hash-2")).account is None
    renewed = replace(SESSION, secret_hash="hash-3", authenticated_ns=NOW_NS + 5)
    assert ada.run(store.renew_session(renewed, act("renewed")))
    assert ada.run(store.session_holder("hash-1")) is None
    ada.run(store.touch_session("s1", NOW_NS + 9))
    assert ada.run(store.sessions("ada")) == (replace(renewed, used_ns=NOW_NS + 9),)
    assert not ada.run(store.renew_session(replace(renewed, session_id="s9"), act("never")))


def test_sessions_end_one_or_all_but_one(ada: Kept) -> None:
    store = ada.store
    for number in range(4):
        ada.run(store.add_session(replace(SESSION, session_id=f"s{number}", secret_hash=f"h{number}"), act("log_in")))
    ada.run(store.add_session(replace(SESSION, session_id="b", secret_hash="b", account="bob"), act("log_in")))
    assert ada.run(store.end_sessions("ada", act("one"), only="s1")) == 1
    assert ada.run(store.end_sessions("ada", act("none"), only="s1")) == 0
    assert ada.run(store.end_sessions("ada", act("theirs"), only="b")) == 0
    assert ada.run(store.end_sessions("ada", act("others"), all_but="s0")) == 2
    assert [each.session_id for each in ada.run(store.sessions("ada"))] == ["s0"]
    assert ada.run(store.end_sessions("ada", act("all"))) == 1
    assert [each for each in ada.actions() if each not in ("log_in", "account.added")] == ["one", "others", "all"]
    assert ada.run(store.delete_ended(NOW_NS + 1000, 10**15)) == 1


def test_idle_sessions_are_deleted(ada: Kept) -> None:
    ada.run(ada.store.add_session(SESSION, act("log_in")))
    assert ada.run(ada.store.delete_ended(NOW_NS + 99, 100)) == 0
    assert ada.run(ada.store.delete_ended(NOW_NS + 100, 100)) == 1


def test_what_a_session_has_stated_is_kept_until_it_ends(ada: Kept) -> None:
    store = ada.store
    first = StatedPurpose(Purpose.ROAD_SAFETY, "report 7", NOW_NS + 200)
    event = StatedPurpose(Purpose.EVENT_SAFETY, "Őrség: tömeg", NOW_NS + 100, "square")
    ada.run(
        store.state_purpose("s1", replace(first, case="report 6", end_ns=NOW_NS + 50, camera="gate"), act("stated"))
    )
    ada.run(store.state_purpose("s1", first, act("again")))
    ada.run(store.state_purpose("s2", event, act("stated")))
    assert list(ada.run(store.purposes(NOW_NS)).items()) == [("s2", event), ("s1", first)]
    assert ada.run(store.purposes(NOW_NS + 100)) == {"s1": first}
    assert ada.run(store.ended(NOW_NS + 150)) == (1, NOW_NS + 100)
    assert ada.run(store.delete_ended(NOW_NS + 100, 10**15)) == 1
    assert ada.run(store.purposes(NOW_NS)) == {"s1": first}
    ada.run(store.end_purpose("s1"))
    ada.run(store.end_purpose("s9"))
    assert ada.run(store.purposes(NOW_NS)) == {}
    ada.run(store.state_purpose("s1", first, act("stated")))
    ada.run(store.end_all(act("ended")))
    assert ada.run(store.purposes(NOW_NS)) == {}
    assert ada.actions() == ["account.added", "stated", "again", "stated", "stated", "ended"]


def test_a_grant_is_confirmed_once_and_never_after_it_was_taken_back(ada: Kept) -> None:
    store = ada.store
    first = ada.run(store.propose_grant(GRANT, act("proposed")))
    second = ada.run(store.propose_grant(replace(GRANT, role=Role.ANALYST, group=EVERY_CAMERA), act("proposed")))
    assert first.grant_id != second.grant_id
    assert ada.run(store.confirm_grant(first.grant_id, "pia", act("confirmed")))
    assert not ada.run(store.confirm_grant(first.grant_id, "eve", act("again")))
    assert ada.run(store.revoke_grant(first.grant_id, NOW_NS + 7, act("revoked")))
    assert not ada.run(store.revoke_grant(first.grant_id, NOW_NS + 8, act("again")))
    assert ada.run(store.revoke_grant(second.grant_id, NOW_NS + 7, act("revoked")))
    assert not ada.run(store.confirm_grant(second.grant_id, "pia", act("late")))
    assert not ada.run(store.confirm_grant(99, "pia", act("never")))
    assert ada.run(store.grants("ada")) == (
        replace(first, confirmed_by="pia", revoked_ns=NOW_NS + 7),
        replace(second, revoked_ns=NOW_NS + 7),
    )
    assert ada.run(store.grants("bob")) == ()
    assert ada.actions() == ["account.added", "proposed", "proposed", "confirmed", "revoked", "revoked"]


def test_tokens_come_back_as_they_were(ada: Kept) -> None:
    store = ada.store
    assert ada.run(store.add_token(TOKEN, act("made")))
    assert not ada.run(store.add_token(TOKEN, act("again")))
    holder = ada.run(store.token_holder("abcd1234"))
    assert (holder.token, holder.account, holder.grants) == (TOKEN, ADA, ())
    ada.run(store.touch_token("abcd1234", NOW_NS + 3))
    assert ada.run(store.revoke_token("abcd1234", NOW_NS + 4, act("revoked")))
    assert not ada.run(store.revoke_token("abcd1234", NOW_NS + 5, act("again")))
    assert ada.run(store.tokens()) == (replace(TOKEN, used_ns=NOW_NS + 3, revoked_ns=NOW_NS + 4),)
    assert ada.run(store.tokens("bob")) == ()
    assert ada.run(store.token_holder("zzzz9999")) is None
    assert ada.actions() == ["account.added", "made", "revoked"]


def test_taking_credentials_leaves_nothing_to_come_in_by(ada: Kept) -> None:
    store = ada.store
    ada.run(store.set_password("ada", "argon", "cipher", ["r1"], act("password.set")))
    ada.run(store.add_passkey(PASSKEY, act("passkey")))
    ada.run(store.add_identity(Identity("https://id.example.org", "42", "ada"), act("tied")))
    ada.run(store.add_session(SESSION, act("log_in")))
    ada.run(store.add_token(TOKEN, act("made")))
    grant = ada.run(store.propose_grant(replace(GRANT, confirmed_by="pia"), act("granted")))
    ada.run(store.take_credentials("ada", act("reset")))
    assert ada.run(store.account("ada")) == ADA
    assert ada.run(store.recovery_codes("ada")) == 0
    assert ada.run(store.passkeys("ada")) == ada.run(store.identities("ada")) == ada.run(store.sessions("ada")) == ()
    assert ada.run(store.tokens("ada"))[0].revoked_ns == NOW_NS
    assert ada.run(store.grants("ada")) == (replace(grant, confirmed_by=None),)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.asvs("2.3.3")
def test_an_act_whose_entry_cannot_be_stored_does_not_happen(kind: str, new_database: Any) -> None:
    bad = AuditEntry(NOW_NS, "root", "account.added", "a\0b")
    with Keeper(new_database(kind)) as keeper:
        store = keeper.open().access
        with pytest.raises(StoreError):
            keeper.run(store.add_account(ADA, bad))
        assert keeper.run(store.accounts()) == ()
        with pytest.raises(StoreError):
            keeper.run(store.add_session(SESSION, bad))
        assert keeper.run(store.session_holder_by_id("s1")) is None
        with pytest.raises(StoreError):
            keeper.run(store.propose_grant(GRANT, bad))
        assert keeper.run(store.grants()) == ()
