"""Browsers for notices are kept alike by both databases and by the store in memory."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.accounts import Account
from passerby.domain.audit import AuditEntry
from passerby.domain.push import PushSubscription
from passerby.domain.queries import EventQuery
from passerby.ports import AccessStore
from testing.access.memory_store import MemoryAccessStore
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper

NOW_NS = MONDAY_S * NS_PER_S
ADA, BOB = (Account(name, name, f"handle-{name}", NOW_NS) for name in ("ada", "bob"))
HERE = PushSubscription("https://push.example.org/here", "ada", bytes(range(65)), bytes(range(16)), NOW_NS)

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Kept = tuple[AccessStore, Run, Callable[[], list[str]]]


def act(action: str) -> AuditEntry:
    return AuditEntry(NOW_NS, "root", action, "ada")


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def kept(request: pytest.FixtureRequest, new_database: Any) -> Iterator[Kept]:
    """A store with two accounts, what runs it, and the actions in its audit log."""
    if request.param == "memory":
        memory = MemoryAccessStore()
        with asyncio.Runner() as runner:
            yield _with_accounts(memory, runner.run, lambda: [each.action for each in memory.entries])
        return
    with Keeper(new_database(request.param, tables=True)) as keeper:
        store = keeper.open()
        log = lambda: [each.action for each in keeper.run(store.audit(EventQuery(0, 2**62))).rows]  # noqa: E731
        yield _with_accounts(store.access, keeper.run, log)


def _with_accounts(store: AccessStore, run: Run, log: Callable[[], list[str]]) -> Kept:
    for account in (ADA, BOB):
        assert run(store.add_account(account, act("added")))
    return store, run, lambda: log()[2:]


def at(name: str, account: str = "ada", later_ns: int = 0) -> PushSubscription:
    endpoint = f"https://push.example.org/{name}"
    return replace(HERE, endpoint=endpoint, account=account, created_ns=NOW_NS + later_ns)


def test_a_browser_is_kept_as_it_was_given(kept: Kept) -> None:
    store, run, log = kept
    assert run(store.add_push_subscription(HERE, 10, act("on")))
    assert run(store.push_subscriptions()) == (HERE,)
    assert run(store.push_subscriptions("ada")) == (HERE,)
    assert run(store.push_subscriptions("bob")) == ()
    assert log() == ["on"]


def test_a_browser_is_of_the_person_who_switched_it_on_last(kept: Kept) -> None:
    store, run, _ = kept
    run(store.add_push_subscription(HERE, 10, act("on")))
    taken = replace(HERE, account="bob", secret=bytes(16), created_ns=NOW_NS + 1)
    assert run(store.add_push_subscription(taken, 10, act("on")))
    assert run(store.push_subscriptions()) == (taken,)


def test_of_an_account_the_newest_are_kept(kept: Kept) -> None:
    store, run, _ = kept
    for number in range(4):
        run(store.add_push_subscription(at(str(number), later_ns=number), 2, act("on")))
    run(store.add_push_subscription(at("other", "bob"), 2, act("on")))
    assert [each.endpoint[-1] for each in run(store.push_subscriptions("ada"))] == ["2", "3"]
    assert len(run(store.push_subscriptions("bob"))) == 1


def test_one_or_all_are_removed_and_only_of_their_account(kept: Kept) -> None:
    store, run, log = kept
    for subscription in (at("a"), at("b"), at("c"), at("d", "bob")):
        run(store.add_push_subscription(subscription, 10, act("on")))
    assert run(store.remove_push_subscriptions("ada", act("off"), at("d").endpoint)) == 0
    assert run(store.remove_push_subscriptions("ada", act("off"), at("a").endpoint)) == 1
    assert run(store.remove_push_subscriptions("ada", act("off"))) == 2
    assert run(store.remove_push_subscriptions("ada", act("off"))) == 0
    assert [each.account for each in run(store.push_subscriptions())] == ["bob"]
    assert log() == ["on"] * 4 + ["off"] * 2


@pytest.mark.parametrize("end", ["remove_account", "take_credentials"])
def test_they_end_with_the_account_and_with_what_it_logs_in_with(kept: Kept, end: str) -> None:
    store, run, _ = kept
    run(store.add_push_subscription(HERE, 10, act("on")))
    run(store.add_push_subscription(at("d", "bob"), 10, act("on")))
    run(getattr(store, end)("ada", act("end")))
    assert [each.account for each in run(store.push_subscriptions())] == ["bob"]


def test_no_account_no_browser(kept: Kept) -> None:
    store, run, log = kept
    assert not run(store.add_push_subscription(at("x", "eve"), 10, act("on")))
    assert (run(store.push_subscriptions()), log()) == ((), [])
