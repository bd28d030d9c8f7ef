"""A counter is of one outline: what is changed, renamed or taken out ends, and what comes after begins a day later."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PlaceKind, PublishedCounter
from passerby.domain.road_user import RoadUser
from passerby.publish.disclosure.counters import counter_changes
from passerby.units import DAY_S, NS_PER_S, QUARTER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import NORTH, PLACES, PUBLISH, made_plan

NOW_NS = (MONDAY_S + 100) * NS_PER_S
QUARTER_NS = QUARTER_S * NS_PER_S


def begun(plan=None, now_ns=NOW_NS, known=()) -> tuple[PublishedCounter, ...]:
    return counter_changes(known, plan or made_plan(), now_ns).begun


def test_published_places_begin_with_the_next_bin():
    line, zone = begun()
    assert (line.place, line.kind, zone.place, zone.kind) == ("north", PlaceKind.LINE, "plaza", PlaceKind.ZONE)
    assert line.began_ns == MONDAY_S * NS_PER_S + QUARTER_NS
    assert line.groups == (ClassGroup.ON_FOOT, ClassGroup.BICYCLES, ClassGroup.MOTOR_VEHICLES)
    assert line.way_names == ("forward", "backward")
    assert line.id.startswith("square-north-")
    assert not counter_changes((line, zone), made_plan(), NOW_NS)


def test_ids_are_never_used_again_and_say_nothing_of_the_outline():
    assert begun()[0].id != begun()[0].id


MOVED = replace(NORTH, points=NORTH.points + np.float32(0.01))
CHANGED = {
    "moved": MOVED,
    "turned round": replace(NORTH, points=NORTH.points[::-1].copy()),
    "other classes": replace(NORTH, road_users=frozenset({RoadUser.PEDESTRIAN})),
    "other words": replace(NORTH, forward_name="to the river"),
}


@pytest.mark.parametrize("line", CHANGED.values(), ids=CHANGED.keys())
def test_a_changed_line_ends_its_counter_and_another_begins_a_day_later(line):
    known = begun()
    later_ns = NOW_NS + 5 * QUARTER_NS
    changes = counter_changes(known, made_plan(lines=(line,)), later_ns)
    (ended,), (new,) = changes.ended, changes.begun
    assert (ended.id, new.place) == (known[0].id, "north")
    # The line may have been another one for two minutes: the bin before this moment is not published either.
    assert ended.ended_ns == MONDAY_S * NS_PER_S + 4 * QUARTER_NS
    assert new.began_ns >= ended.ended_ns + DAY_S * NS_PER_S
    assert new.geometry != ended.geometry


def test_a_new_name_for_the_same_line_has_the_gap_too():
    known = begun()
    renamed = replace(NORTH, name="gate")
    publish = replace(PUBLISH, places=(replace(PLACES[0], place="gate"), PLACES[1]))
    changes = counter_changes(known, made_plan(lines=(renamed,), publish=publish), NOW_NS + DAY_S * NS_PER_S)
    assert [one.id for one in changes.ended] == [known[0].id]
    assert changes.begun[0].began_ns >= (changes.ended[0].ended_ns or 0) + DAY_S * NS_PER_S


def test_a_place_that_becomes_sensitive_is_another_counter_of_longer_bins():
    known = begun()
    publish = replace(PUBLISH, places=(replace(PLACES[0], sensitive=True), PLACES[1]))
    changes = counter_changes(known, made_plan(publish=publish), NOW_NS)
    assert [one.bin_s for one in changes.begun] == [3600]
    assert changes.begun[0].began_ns % (3600 * NS_PER_S) == 0


def test_without_publishing_all_counters_end():
    known = begun()
    changes = counter_changes(known, made_plan(publish=None), NOW_NS)
    assert ({one.id for one in changes.ended}, changes.begun) == ({one.id for one in known}, ())


def test_what_moves_unexplained_is_never_published():
    only = replace(NORTH, road_users=frozenset({RoadUser.UNCLASSIFIED}))
    assert [one.place for one in begun(made_plan(lines=(only,)))] == ["plaza"]
