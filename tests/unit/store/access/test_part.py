"""What is read of sessions is kept for a second, and never beyond a change."""

from typing import Any

from passerby.domain.access import Grant, Role
from passerby.domain.accounts import Account, Method, Session, SessionHolder
from passerby.domain.audit import AuditEntry
from passerby.store.access.part import MAX_HOLDERS, HolderCache
from testing.store_keeper import Keeper

ADA = Account("ada", "ada", "handle", 1)
SESSION = Session("s1", "hash", "ada", Method.PASSWORD, True, 1, 1, 9, 1)
HOLDER = SessionHolder(SESSION, ADA, ())
ENTRY = AuditEntry(1, "test", "test", "ada")


def test_it_is_kept_for_a_second() -> None:
    now = [10.0]
    cache = HolderCache(1.0, lambda: now[0])
    cache.keep("a", HOLDER, cache.changes)
    now[0] = 10.99
    assert cache.get("a") is HOLDER
    assert cache.get("b") is None
    now[0] = 11.0
    assert cache.get("a") is None


def test_a_change_clears_it_and_what_was_read_before_is_not_kept_after() -> None:
    cache = HolderCache()
    before = cache.changes
    cache.keep("a", HOLDER, before)
    cache.clear()
    assert cache.get("a") is None
    cache.keep("a", HOLDER, before)
    assert cache.get("a") is None
    cache.keep("a", HOLDER, cache.changes)
    assert cache.get("a") is HOLDER


def test_it_holds_only_so_many() -> None:
    cache = HolderCache()
    for number in range(MAX_HOLDERS):
        cache.keep(str(number), HOLDER, cache.changes)
    assert all(cache.get(str(number)) is HOLDER for number in range(MAX_HOLDERS))
    cache.keep("one more", HOLDER, cache.changes)
    assert cache.get("one more") is HOLDER
    assert cache.get("0") is None


def test_every_change_of_this_process_is_seen_at_once(keeper: Keeper) -> None:
    access: Any = keeper.open().access
    access._holders._keep_s = 1e9
    keeper.run(access.add_account(ADA, ENTRY))
    keeper.run(access.add_session(SESSION, ENTRY))
    assert keeper.run(access.session_holder("hash")) == HOLDER
    grant = keeper.run(access.propose_grant(Grant(0, "ada", Role.ANALYST, "*", 1, 9, "ida", "pia"), ENTRY))
    assert keeper.run(access.session_holder("hash")).grants == (grant,)
    keeper.run(access.revoke_grant(grant.grant_id, 5, ENTRY))
    assert keeper.run(access.session_holder("hash")).grants[0].revoked_ns == 5
    keeper.run(access.set_enabled("ada", False, ENTRY))
    assert keeper.run(access.session_holder("hash")) is None


def test_a_change_by_the_command_line_is_seen_after_a_second(keeper: Keeper) -> None:
    access: Any = keeper.open().access
    other: Any = keeper.open().access
    now = [10.0]
    access._holders._now_s = lambda: now[0]
    keeper.run(access.add_account(ADA, ENTRY))
    keeper.run(access.add_session(SESSION, ENTRY))
    assert keeper.run(access.session_holder("hash")) == HOLDER
    keeper.run(other.set_enabled("ada", False, ENTRY))
    now[0] = 11.0
    assert keeper.run(access.session_holder("hash")) is None
