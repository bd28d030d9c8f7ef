"""The contract of the queue of notices: nothing lost, nothing twice, and all of a step or nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.notices import (
    EventNews,
    Notice,
    NoticeKind,
    NoticeState,
    Notification,
    QueuedNotice,
    Stage,
)
from passerby.domain.place_events import PlaceEvent
from passerby.domain.queries import EventQuery
from passerby.domain.retention import Kind, Retention
from passerby.ports import AuditBrokenError, Store, StoreError
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper
from testing.web.made import closed, open_event, place_event

START_NS = MONDAY_S * NS_PER_S
OPEN = open_event("n", "crowd", START_NS)
OTHER = open_event("s", "queue", START_NS + NS_PER_S)
DAY_NS = 86_400 * NS_PER_S


def as_listed(event: PlaceEvent) -> PlaceEvent:
    return replace(event, samples=())


def queued(number: int, *events: PlaceEvent, recipient: str = "room", **changes: object) -> QueuedNotice:
    made = START_NS + number
    about = tuple(map(as_listed, events))
    notice = Notice(f"{number:032x}", NoticeKind.RAISED, made, "Trg", "Gužva", "Šta „je“.", "https://x/e", about)
    return replace(QueuedNotice(notice, recipient, made, made + DAY_NS), **changes)  # type: ignore[arg-type]


def raised(*events: PlaceEvent, recipient: str = "room", what: Stage = Stage.RAISED) -> list[Notification]:
    return [Notification(recipient, as_listed(event), what) for event in events]


def news(keeper: Keeper, store: Store) -> tuple[EventNews, ...]:
    return keeper.run(store.event_news(100))


def waiting(keeper: Keeper, store: Store, recipient: str = "room") -> tuple[QueuedNotice, ...]:
    return keeper.run(store.waiting_notices(recipient, 100))


def acts(keeper: Keeper, store: Store) -> list[str]:
    return [entry.action for entry in keeper.run(store.audit(EventQuery(0, 2 * START_NS))).rows]


def test_an_event_is_news_once_when_it_is_raised_and_once_when_it_is_over(keeper: Keeper) -> None:
    store = keeper.open()
    over = place_event("a", "crowd", START_NS - NS_PER_S)
    keeper.run(store.store_events([over, OTHER, OPEN]))
    found = news(keeper, store)
    assert [one.event.event_id for one in found] == [OPEN.event_id, OTHER.event_id, over.event_id]  # open ones first
    assert [one.known for one in found] == [False] * 3
    keeper.run(store.plan_notices([one.event for one in found], []))
    assert news(keeper, store) == ()
    keeper.run(store.store_events([replace(OPEN, updated_ns=OPEN.updated_ns + 1), over]))
    assert news(keeper, store) == ()
    keeper.run(store.store_events([closed(OPEN)]))
    assert news(keeper, store) == (EventNews(as_listed(closed(OPEN)), known=True),)
    keeper.run(store.plan_notices([closed(OPEN)], []))
    assert news(keeper, store) == ()


def test_what_closed_after_it_was_looked_at_stays_news(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    keeper.run(store.store_events([closed(OPEN)]))
    keeper.run(store.plan_notices([OPEN], []))  # as it stood when it was read
    assert [(one.known, one.event.end_ns) for one in news(keeper, store)] == [(True, closed(OPEN).end_ns)]


def test_a_planned_notice_outlives_the_process_letter_for_letter(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    keeper.run(store.plan_notices([OPEN], [(queued(1, OPEN), raised(OPEN))]))
    keeper.close()
    store = keeper.open()
    assert waiting(keeper, store) == (queued(1, OPEN),)
    assert news(keeper, store) == ()
    assert waiting(keeper, store, "other") == ()
    assert keeper.run(store.notified([OPEN.event_id])) == {("room", OPEN.event_id): NoticeState.WAITING}


def test_a_step_that_fails_is_no_step(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    with pytest.raises(StoreError):
        keeper.run(store.plan_notices([OPEN], [(queued(1, OPEN, fault="a\0b"), raised(OPEN))]))
    assert (len(news(keeper, store)), waiting(keeper, store)) == (1, ())
    keeper.run(store.plan_notices([OPEN], [(queued(1, OPEN), raised(OPEN))]))
    keeper.run(store.plan_notices([OPEN], [(queued(1, OTHER), raised(OPEN))]))  # of the same number
    assert waiting(keeper, store) == (queued(1, OPEN),)


def test_attempts_and_ends_are_kept(keeper: Keeper) -> None:
    store = keeper.open()
    made = [(queued(number), raised()) for number in (1, 2, 3)]
    keeper.run(store.plan_notices([], made))
    keeper.run(store.postpone_notices("0" * 31 + "1", "room", START_NS + 99, "no connection"))
    found = waiting(keeper, store)
    assert [one.due_ns for one in found] == [START_NS + 99] * 3
    assert [(one.attempts, one.fault) for one in found] == [(1, "no connection"), (0, ""), (0, "")]
    entry = AuditEntry(START_NS, "passerby", "notice.failed", "room")
    for _ in range(2):  # the second time it does not wait any more
        keeper.run(store.end_notice("0" * 31 + "1", NoticeState.FAILED, START_NS + 5, "gone", entry))
    keeper.run(store.end_notice("0" * 31 + "2", NoticeState.DELIVERED, START_NS + 6))
    assert [one.notice.notice_id[-1] for one in waiting(keeper, store)] == ["3"]
    assert acts(keeper, store) == ["notice.failed"]
    newest = keeper.run(store.recent_notices(10))
    assert [(one.notice.notice_id[-1], one.state.value) for one in newest] == [
        ("3", "waiting"), ("2", "delivered"), ("1", "failed"),
    ]  # fmt: skip
    assert (newest[2].ended_ns, newest[2].fault) == (START_NS + 5, "gone")
    assert [one.notice.notice_id[-1] for one in keeper.run(store.recent_notices(10, "room", NoticeState.FAILED))] == [
        "1"
    ]
    assert keeper.run(store.recent_notices(10, "other")) == ()
    (standing,) = keeper.run(store.recipient_standings())
    assert (standing.recipient, standing.waiting, standing.delivered, standing.failed) == ("room", 1, 1, 1)
    assert (standing.oldest_waiting_ns, standing.delivered_ns, standing.fault) == (START_NS + 3, START_NS + 6, "")
    assert standing.failed_ns == START_NS + 5


def test_what_cannot_be_audited_does_not_end(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.plan_notices([], [(queued(1), raised())]))
    keeper.execute("UPDATE audit_logs SET fault = 'broken by a test'")
    entry = AuditEntry(START_NS, "passerby", "notice.failed", "room")
    with pytest.raises(AuditBrokenError):
        keeper.run(store.end_notice(f"{1:032x}", NoticeState.FAILED, START_NS, "gone", entry))
    assert len(waiting(keeper, store)) == 1


def stages(found: Sequence[Notification]) -> set[tuple[str, str]]:
    return {(one.event.camera, one.what.value) for one in found}


def test_what_is_kept_back_waits_for_its_summary(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN, OTHER]))
    keeper.run(store.plan_notices([OPEN, OTHER], [(queued(1, OTHER), raised(OTHER))], raised(OPEN)))
    assert stages(keeper.run(store.kept_back(10))) == {("n", "raised")}
    assert keeper.run(store.notified([OPEN.event_id])) == {("room", OPEN.event_id): NoticeState.WAITING}
    # That they are over waits until their raising was delivered.
    both = raised(OPEN, OTHER, what=Stage.CLOSED)
    keeper.run(store.plan_notices([], [], both))
    keeper.run(store.plan_notices([], [], both))
    assert stages(keeper.run(store.kept_back(10))) == {("n", "raised")}
    keeper.run(store.end_notice(f"{1:032x}", NoticeState.DELIVERED, START_NS))
    assert stages(keeper.run(store.kept_back(10))) == {("n", "raised"), ("s", "closed")}
    summary = [*raised(OPEN), *raised(OPEN, OTHER, what=Stage.CLOSED)]
    keeper.run(store.plan_notices([], [(queued(2, OPEN, OTHER), summary)]))
    assert keeper.run(store.kept_back(10)) == ()
    keeper.run(store.end_notice(f"{2:032x}", NoticeState.DELIVERED, START_NS))
    assert keeper.run(store.kept_back(10)) == ()
    assert keeper.run(store.notified([OPEN.event_id])) == {("room", OPEN.event_id): NoticeState.DELIVERED}


def test_what_is_kept_back_for_one_leaves_room_for_the_others(keeper: Keeper) -> None:
    store = keeper.open()
    flood = [open_event("n", f"rule {number}", START_NS + number) for number in range(6)]
    last = open_event("s", "last", START_NS + 9)
    keeper.run(store.store_events([*flood, last]))
    keeper.run(store.plan_notices([], [], keep_back=[*raised(*flood), *raised(last, recipient="other")]))
    found = keeper.run(store.kept_back(4))
    assert [(each.recipient, each.event.rule) for each in found] == [
        ("room", "rule 0"), ("other", "last"), ("room", "rule 1"), ("room", "rule 2"),
    ]  # fmt: skip


def test_what_is_dropped_is_not_kept_back(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN, OTHER]))
    keeper.run(store.plan_notices([], [], raised(OPEN, OTHER)))
    keeper.run(store.plan_notices([], [], [], raised(OPEN)))
    assert stages(keeper.run(store.kept_back(10))) == {("s", "raised")}


def test_a_summary_takes_the_place_of_what_waits(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN, OTHER]))
    made = [(queued(1, OPEN), raised(OPEN)), (queued(2, OTHER), raised(OTHER)), (queued(3), raised())]
    keeper.run(store.plan_notices([], made, raised(OPEN, what=Stage.CLOSED)))
    keeper.run(store.end_notice(f"{2:032x}", NoticeState.DELIVERED, START_NS))
    about = raised(OPEN, what=Stage.CLOSED)
    keeper.run(store.replace_notices([f"{1:032x}", f"{2:032x}"], queued(9, OPEN), about))
    states = {one.notice.notice_id[-1]: one.state.value for one in keeper.run(store.recent_notices(10))}
    assert states == {"1": "replaced", "2": "delivered", "3": "waiting", "9": "waiting"}
    keeper.run(store.end_notice(f"{9:032x}", NoticeState.DELIVERED, START_NS))
    assert keeper.run(store.notified([OPEN.event_id])) == {("room", OPEN.event_id): NoticeState.DELIVERED}
    assert keeper.run(store.kept_back(10)) == ()


def test_a_test_is_made_once_and_is_no_notice_of_events(keeper: Keeper) -> None:
    store = keeper.open()
    one = queued(1)
    test = replace(one, notice=replace(one.notice, kind=NoticeKind.TEST))
    entry = AuditEntry(START_NS, "ana", "notice.tested", "room")
    assert keeper.run(store.add_test(test, entry))
    assert not keeper.run(store.add_test(test, entry))
    assert acts(keeper, store) == ["notice.tested"]
    keeper.run(store.plan_notices([], [(queued(5), raised()), (queued(6, recipient="other"), raised())]))
    assert keeper.run(store.notice_times("room", START_NS)) == (START_NS + 5,)
    assert keeper.run(store.notice_times("room", START_NS + 6)) == ()
    standings = {each.recipient: each for each in keeper.run(store.recipient_standings())}
    assert (standings["room"].test_ns, standings["room"].test_state) == (START_NS + 1, NoticeState.WAITING)
    assert (standings["other"].test_ns, standings["other"].test_state) == (None, None)


def test_notices_go_with_the_events(keeper: Keeper) -> None:
    store = keeper.open(retention=Retention({Kind.EVENTS: 2}))
    keeper.run(store.store_events([OPEN]))
    keeper.run(store.plan_notices([OPEN], [(queued(1, OPEN), raised(OPEN))], raised(OTHER)))
    for days in (1, 2, 3, 4):
        assert len(waiting(keeper, store)) == (1 if days <= 2 else 0)
        keeper.clock.now_s = MONDAY_S + days * 86_400 + 60
        keeper.run(store.enforce_retention())
    assert waiting(keeper, store) == ()
    assert keeper.execute("SELECT count(*) FROM notified_events") == [(0,)]


def test_events_of_the_version_before_are_no_news(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN, place_event("a", "crowd", START_NS)]))
    keeper.close()
    keeper.execute(
        "DROP TABLE notices", "DROP TABLE notified_events", "DROP INDEX place_events_news",
        "ALTER TABLE place_events DROP COLUMN noticed",
    )  # fmt: skip
    keeper.migrate_again("notices")
    store = keeper.open()
    assert news(keeper, store) == ()
    keeper.run(store.store_events([OTHER]))
    assert [one.event.event_id for one in news(keeper, store)] == [OTHER.event_id]
