"""Staff data that is over goes by age and by hand; what others did stays, and names no one who is gone."""

from dataclasses import replace

import pytest

from passerby.domain.access import Grant, Role
from passerby.domain.accounts import Account, Method, Session
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.domain.retention import Kind, Retention
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper

DAY_NS = 86_400 * NS_PER_S
NOW_NS = MONDAY_S * NS_PER_S
GRANT = Grant(0, "ana", Role.OPERATOR, "*", NOW_NS, NOW_NS + 10 * DAY_NS, "ida", "pia")
EVER = EventQuery(0, 2**62)


def act(action: str, subject: str = "ana") -> AuditEntry:
    return AuditEntry(NOW_NS, "root", action, subject)


def filled(keeper: Keeper):
    """Ana's grant ends after 2 days, eve's after 4; ida and pia are there for 9."""
    store = keeper.open(retention=Retention({Kind.ACCOUNTS: 3}))
    for name, days in (("ana", 2), ("eve", 4), ("ida", 9), ("pia", 9)):
        keeper.run(store.access.add_account(Account(name, name, f"handle {name}", NOW_NS), act("account.added", name)))
        ends_ns = NOW_NS + days * DAY_NS
        keeper.run(store.access.propose_grant(replace(GRANT, account=name, end_ns=ends_ns), act("granted", name)))
    session = Session("s1", "h1", "ana", Method.PASSKEY, True, NOW_NS, NOW_NS, NOW_NS + DAY_NS, NOW_NS, "Firefox")
    keeper.run(store.access.add_session(session, act("log_in")))
    return store


def names(keeper: Keeper, store) -> list[str]:
    return [account.name for account in keeper.run(store.access.accounts())]


def line(keeper: Keeper, store):
    (found,) = [one for one in keeper.run(store.retention_report()) if one.kind is Kind.ACCOUNTS]
    return found


def live_until(keeper: Keeper, store, day: int) -> None:
    """Runs retention every five days, as a clock that leaps is not believed."""
    while keeper.clock.now_s < MONDAY_S + day * 86_400:
        keeper.clock.now_s = min(keeper.clock.now_s + 5 * 86_400, MONDAY_S + day * 86_400)
        keeper.run(store.enforce_retention())


@pytest.mark.asvs("14.2.4")
def test_accounts_go_when_their_last_grant_has_ended_for_so_long(keeper: Keeper) -> None:
    store = filled(keeper)
    keeper.clock.now_s = MONDAY_S
    keeper.run(store.enforce_retention())
    assert line(keeper, store).oldest_ns == NOW_NS + DAY_NS
    for day, left in ((4, ["ana", "eve", "ida", "pia"]), (6, ["eve", "ida", "pia"]), (8, ["ida", "pia"])):
        live_until(keeper, store, day)
        assert names(keeper, store) == left, day
        assert line(keeper, store).kept
    assert keeper.run(store.access.grants("ana")) == keeper.run(store.access.sessions("ana")) == ()
    entries = [one for one in keeper.run(store.audit(EVER)).rows if one.subject == Kind.ACCOUNTS.value]
    # Two accounts, with what is their own.
    assert sum(int(one.detail.partition(" ")[0]) for one in entries) == 2, entries


def test_the_last_account_stays(keeper: Keeper) -> None:
    store = filled(keeper)
    keeper.clock.now_s = MONDAY_S
    live_until(keeper, store, 14)
    assert len(names(keeper, store)) == 1
    assert line(keeper, store).kept
    assert keeper.run(store.access.any_account())


def test_what_is_removed_is_named_nowhere_but_in_the_log(keeper: Keeper) -> None:
    store = filled(keeper)
    for name in ("ida", "pia"):
        assert keeper.run(store.access.remove_account(name, act("account.removed", name)))
    (grant,) = keeper.run(store.access.grants("ana"))
    assert grant.proposed_by != grant.confirmed_by
    assert {grant.proposed_by[:16], (grant.confirmed_by or "")[:16]} == {"removed account "}
    assert not keeper.run(store.access.remove_account("ida", act("account.removed", "ida")))
    assert keeper.run(store.access.remove_account("eve", act("account.removed", "eve")))
    assert not keeper.run(store.access.remove_account("ana", act("account.removed"))), "the last one stays"
    assert keeper.run(store.access.session_holder("h1")) is not None


def test_an_account_is_erased_from_the_log_which_stays_whole(keeper: Keeper) -> None:
    store = filled(keeper)
    for entry in (
        AuditEntry(NOW_NS, "ana", "view.opened", "square", "", "road_safety", "report 7"),
        AuditEntry(NOW_NS, "ana by token 1f2e", "counts.exported", "square"),
        AuditEntry(NOW_NS, "ida", "grant.proposed", "ana", "operator on *"),
        AuditEntry(NOW_NS, "eve", "view.opened", "ana", "", "road_safety", "a camera of this name"),
        AuditEntry(NOW_NS, "anastasia", "log_in", "session 1", "by passkey"),
    ):
        keeper.run(store.append_audit(entry))
    before = len(keeper.run(store.audit(EVER)).rows)
    # Three of these, and two from before: that it was added, and that it logged in.
    assert keeper.run(store.audit_log.erase_about("ana", "root", "request 12")) == 5
    left = keeper.run(store.audit(EVER)).rows
    assert len(left) == before - 5 + 1
    assert [one.actor for one in left if one.action == "view.opened"] == ["eve"]
    assert any(one.actor == "anastasia" for one in left)
    (said,) = [one for one in left if one.action == "audit.erased"]
    assert "ana" not in said.subject + said.detail
    (report,) = keeper.run(store.audit_log.verify())
    assert (report.sound, report.erased) == (True, 5)
    assert keeper.run(store.audit_log.erase_about("ana", "root", "again")) == 0
