"""What was drawn to be published is stored once, with its audit entry, and never again; on both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.class_groups import ClassGroup
from passerby.domain.publish_plan import SentUntil
from passerby.domain.published import Audience, DrawnNumber, PlaceKind, PublishedCounter, Way
from passerby.domain.queries import EventQuery
from passerby.domain.retention import Kind, Retention
from passerby.ports import AuditBrokenError, Store
from passerby.units import DAY_S, NS_PER_S, QUARTER_S
from testing.store_keeper import MONDAY_S, Keeper

NOW_NS = MONDAY_S * NS_PER_S
BIN_NS = QUARTER_S * NS_PER_S
COUNTER = PublishedCounter(
    "square-north-1f", "square", "Трг", PlaceKind.LINE, ("to the river", "to the Трг"),
    (ClassGroup.ON_FOOT,), False, "0a", NOW_NS,
)  # fmt: skip


def entry(action: str = "disclosure.published") -> AuditEntry:
    return AuditEntry(NOW_NS, "passerby", action, "")


def of_bin(number: int, *noisy: int, counter: str = COUNTER.id) -> list[DrawnNumber]:
    """The numbers of a bin: those of the public, and the partner's one higher; a gap without any."""
    from_ns = NOW_NS + number * BIN_NS
    values = noisy or (None, None)
    return [
        DrawnNumber(
            counter, ClassGroup.ON_FOOT, way, from_ns, from_ns + BIN_NS, 0.0 if value is None else 0.75,
            None if value is None else {Audience.PARTNER: value + 1, Audience.PUBLIC: value},
        )
        for way, value in zip((Way.FORWARD, Way.BACKWARD), values, strict=True)
    ]  # fmt: skip


def begun(keeper: Keeper, *counters: PublishedCounter) -> Store:
    store = keeper.open()
    assert keeper.run(store.published.change_counters(counters or (COUNTER,), (), entry("disclosure.counters")))
    return store


def everything(keeper: Keeper, store: Store, counters: Sequence[str] = ()) -> list[DrawnNumber]:
    return list(keeper.run(store.published.drawn(NOW_NS, NOW_NS + DAY_S * NS_PER_S, counters)))


def audited(keeper: Keeper, store: Store) -> list[str]:
    rows = keeper.run(store.audit(EventQuery(0, NOW_NS * 2))).rows
    return [row.action for row in rows if row.action.startswith("disclosure.")]


def test_what_was_drawn_comes_back_after_a_restart(keeper):
    store = begun(keeper)
    drawn = [*of_bin(0, 12, -3), *of_bin(1)]
    assert keeper.run(store.published.add_drawn(drawn, entry())) == 2
    keeper.close()
    store = keeper.open()
    assert keeper.run(store.published.counters()) == (COUNTER,)
    assert everything(keeper, store) == drawn
    assert keeper.run(store.published.drawn_bins(NOW_NS + 1)) == {(COUNTER.id, NOW_NS + BIN_NS)}
    assert audited(keeper, store) == ["disclosure.counters", "disclosure.published"]


def test_a_second_draw_changes_nothing(keeper):
    store = begun(keeper)
    keeper.run(store.published.add_drawn(of_bin(0, 12, 30), entry()))
    assert keeper.run(store.published.add_drawn([*of_bin(0, 99, 99), *of_bin(1, 5, 6)], entry())) == 1
    assert keeper.run(store.published.add_drawn(of_bin(0, 98, 98), entry())) == 0
    assert everything(keeper, store) == [*of_bin(0, 12, 30), *of_bin(1, 5, 6)]
    assert len(audited(keeper, store)) == 3


def test_of_writers_at_once_one_draws(keeper):
    first, second = begun(keeper), keeper.open()

    async def both() -> list[int]:
        turns = [store.published.add_drawn(of_bin(0, n, n), entry()) for n, store in enumerate((first, second) * 3)]
        return list(await asyncio.gather(*turns))

    assert sorted(keeper.run(both())) == [0] * 5 + [1]
    values = {one.for_audience(Audience.PUBLIC) for one in everything(keeper, first)}
    assert len(values) == 1


def test_a_counter_ends_once_and_another_begins_with_it_or_neither(keeper):
    store = begun(keeper)
    ended = replace(COUNTER, ended_ns=NOW_NS + BIN_NS)
    after = replace(COUNTER, id="square-north-2f", geometry="0b", began_ns=NOW_NS + DAY_S * NS_PER_S)
    assert not keeper.run(store.published.change_counters((after,), (), entry()))
    assert keeper.run(store.published.change_counters((after,), (ended,), entry()))
    assert not keeper.run(store.published.change_counters((), (ended,), entry()))
    assert not keeper.run(store.published.change_counters((COUNTER,), (replace(after, ended_ns=NOW_NS),), entry()))
    assert keeper.run(store.published.counters()) == (ended, after)
    assert len(audited(keeper, store)) == 2


def test_numbers_are_found_by_counter(keeper):
    other = replace(COUNTER, id="gate-1", camera="gate")
    store = begun(keeper, COUNTER, other)
    keeper.run(store.published.add_drawn([*of_bin(0, 1, 2), *of_bin(0, 3, 4, counter="gate-1")], entry()))
    assert everything(keeper, store, ("gate-1",)) == of_bin(0, 3, 4, counter="gate-1")
    assert everything(keeper, store, ("none",)) == []
    assert everything(keeper, store) == [*of_bin(0, 3, 4, counter="gate-1"), *of_bin(0, 1, 2)]


def test_after_a_new_audit_log_earlier_bins_are_gaps_and_later_ones_are_drawn(keeper):
    """A restore begins one: what had been published since the backup is not in the store, and would be drawn anew."""
    store = begun(keeper)
    keeper.run(store.published.add_drawn(of_bin(0, 12, 30), entry()))
    keeper.clock.now_s = MONDAY_S + 2 * QUARTER_S + 60
    keeper.run(store.audit_log.begin("restore", "a backup was restored"))
    assert (
        keeper.run(store.published.add_drawn([*of_bin(1, 7, 8), *of_bin(2, 9, 10), *of_bin(3, 11, 12)], entry())) == 3
    )
    gaps = [replace(one, noisy=None, coverage=0.0) for one in (*of_bin(1, 7, 8), *of_bin(2, 9, 10))]
    assert everything(keeper, store) == [*of_bin(0, 12, 30), *gaps, *of_bin(3, 11, 12)]


def test_nothing_is_drawn_while_the_audit_log_is_broken(keeper):
    store = begun(keeper)
    keeper.run(store.audit_log.mark("it does not continue what was signed"))
    with pytest.raises(AuditBrokenError):
        keeper.run(store.published.add_drawn(of_bin(0, 12, 30), entry()))
    assert everything(keeper, store) == []


def test_published_numbers_are_deleted_after_their_own_limit(keeper):
    store = begun(keeper)
    keeper.close()
    store = keeper.open(retention=Retention({Kind.PUBLISHED: 40}))
    keeper.run(store.published.add_drawn([*of_bin(0, 1, 2), *of_bin(96, 3, 4)], entry()))
    keeper.clock.now_s = MONDAY_S
    keeper.run(store.enforce_retention())
    keeper.leap(store, 41)
    keeper.run(store.enforce_retention())
    assert keeper.run(store.published.drawn_bins(0)) == {(COUNTER.id, NOW_NS + 96 * BIN_NS)}


def test_how_far_an_outlet_was_sent_is_kept_with_the_audit_entry(keeper):
    store = begun(keeper)
    note = store.published.note_sent
    first, second = SentUntil(COUNTER.id, NOW_NS, "city/Трг"), SentUntil("square-south-2f", NOW_NS)
    keeper.run(note("city", [first, second], (), entry("disclosure.sent")))
    keeper.run(note("university", [first], (), None))
    later = replace(first, until_ns=NOW_NS + BIN_NS)
    keeper.run(note("city", [later], [second.counter], entry("disclosure.sent")))
    keeper.close()
    store = keeper.open()
    assert keeper.run(store.published.sent("city")) == (later,)
    assert keeper.run(store.published.sent("university")) == (first,)
    assert keeper.run(store.published.sent("nobody")) == ()
    assert audited(keeper, store).count("disclosure.sent") == 2
