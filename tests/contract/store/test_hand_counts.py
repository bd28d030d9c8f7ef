"""Counts by hand in the record of their camera, on both databases."""

from dataclasses import replace

from passerby.domain.audit import AuditEntry
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, CountedMinute, HandCount, MinutePair
from passerby.domain.queries import EventQuery
from passerby.domain.retention import Kind, Retention
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S

NOW_NS = MONDAY_S * NS_PER_S
COUNTED = HandCount(
    "a" * 32, "square", "Трг", "0123", CountedFrom.MOSAIC, NOW_NS, NOW_NS + 130 * NS_PER_S,
    (RoadUser.BICYCLE, RoadUser.CAR), (CountedMinute(MONDAY_S, RoadUser.CAR, Direction.BACKWARD, 7),),
    (MONDAY_S, MONDAY_S + 60), "ana", NOW_NS + 200 * NS_PER_S, 0.25,
)  # fmt: skip
PAIRS = (MinutePair(MONDAY_S, RoadUser.CAR, Direction.BACKWARD, 7, 6),)


def entry(action):
    return AuditEntry(NOW_NS, "ana", action, "square: Трг")


def audited(keeper, store):
    return [row.action for row in keeper.run(store.audit(EventQuery(0, NOW_NS * 2))).rows]


def test_a_count_is_stored_once_with_its_audit_entry_and_comes_back_whole(keeper):
    store = keeper.open()
    assert keeper.run(store.hand_counts.one("a" * 32)) is None
    assert keeper.run(store.hand_counts.add(COUNTED, entry("validation.sent"))) == COUNTED
    other = replace(COUNTED, account="ben", void="sent again")
    assert keeper.run(store.hand_counts.add(other, entry("validation.sent"))) == COUNTED
    assert keeper.run(store.hand_counts.one("a" * 32)) == COUNTED
    assert audited(keeper, store) == ["validation.sent"]


def test_counts_are_found_by_camera_and_line_the_oldest_first(keeper):
    store = keeper.open()
    later = replace(COUNTED, validation_id="b" * 32, start_ns=NOW_NS + 1)
    gate = replace(COUNTED, validation_id="c" * 32, camera="gate", line="other")
    for one in (later, COUNTED, gate):
        keeper.run(store.hand_counts.add(one, entry("validation.sent")))
    assert keeper.run(store.hand_counts.of(("square",))) == (COUNTED, later)
    assert keeper.run(store.hand_counts.of((), "other")) == (gate,)
    assert keeper.run(store.hand_counts.of(("square",), "other")) == ()


def test_what_was_compared_stays(keeper):
    store = keeper.open()
    keeper.run(store.hand_counts.add(COUNTED, entry("validation.sent")))
    keeper.run(store.hand_counts.settle("a" * 32, PAIRS, ""))
    keeper.run(store.hand_counts.settle("a" * 32, (), "nothing was watched"))
    assert keeper.run(store.hand_counts.one("a" * 32)) == replace(COUNTED, pairs=PAIRS)


def test_one_of_which_nothing_was_watched_is_void(keeper):
    store = keeper.open()
    keeper.run(store.hand_counts.add(COUNTED, entry("validation.sent")))
    keeper.run(store.hand_counts.settle("a" * 32, (), "nothing was watched"))
    assert keeper.run(store.hand_counts.one("a" * 32)) == replace(COUNTED, pairs=(), void="nothing was watched")


def test_a_count_is_withdrawn_once_and_stays_in_the_record(keeper):
    store = keeper.open()
    keeper.run(store.hand_counts.add(COUNTED, entry("validation.sent")))
    assert keeper.run(store.hand_counts.withdraw("a" * 32, "eva", NOW_NS + 9, entry("validation.withdrawn")))
    assert not keeper.run(store.hand_counts.withdraw("a" * 32, "ben", NOW_NS + 10, entry("validation.withdrawn")))
    assert not keeper.run(store.hand_counts.withdraw("f" * 32, "ben", NOW_NS + 10, entry("validation.withdrawn")))
    withdrawn = keeper.run(store.hand_counts.one("a" * 32))
    assert (withdrawn.withdrawn_ns, withdrawn.withdrawn_by, withdrawn.holds) == (NOW_NS + 9, "eva", False)
    assert audited(keeper, store) == ["validation.sent", "validation.withdrawn"]


def test_a_count_is_deleted_after_its_own_limit(keeper):
    store = keeper.open(retention=Retention({Kind.VALIDATIONS: 5}))
    keeper.run(store.hand_counts.add(COUNTED, entry("validation.sent")))
    keeper.clock.now_s = MONDAY_S + 4 * 86400
    keeper.run(store.enforce_retention())
    assert keeper.run(store.hand_counts.one("a" * 32)) is not None
    keeper.clock.now_s = MONDAY_S + 6 * 86400
    keeper.run(store.enforce_retention())
    assert keeper.run(store.hand_counts.one("a" * 32)) is None
