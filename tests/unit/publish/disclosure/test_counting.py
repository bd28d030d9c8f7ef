"""What was counted in a bin: whole numbers of the minutes that hold, never scaled up by what was not watched."""

from dataclasses import replace

from passerby.domain.class_groups import ClassGroup
from passerby.domain.observations import Observation, Quantity
from passerby.domain.published import Way
from passerby.domain.road_user import RoadUser
from passerby.publish.disclosure.counting import CountedBin, DueBin, counted_bins
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import PublishingSite

WALKED = (ClassGroup.ON_FOOT, Way.FORWARD)


def counted(site: PublishingSite, place: str = "north", first_s: int = 0) -> CountedBin:
    from_ns = (MONDAY_S + first_s) * NS_PER_S
    due = DueBin(from_ns, from_ns + 900 * NS_PER_S, site.counter(place))
    return site.keeper.run(counted_bins(site.store, [due]))[0]


def test_a_whole_bin_by_group_and_way(site):
    site.count(range(-1, 17), 4)
    one = counted(site)
    assert (one.coverage, one.complete) == (1.0, True)
    assert {key: number for key, number in one.counts.items() if number} == {
        WALKED: 60,
        (ClassGroup.BICYCLES, Way.BACKWARD): 15,
    }


def test_a_zones_ways_are_entries_and_exits(site):
    site.count(range(15), 2, place="plaza")
    assert counted(site, "plaza").counts[ClassGroup.ON_FOOT, Way.ENTRIES] == 30


def test_half_watched_is_counted_as_it_is_and_a_minute_that_is_missing_is_said(site):
    site.count(range(14), 4, coverage=0.5)
    one = counted(site)
    assert (one.counts[WALKED], one.complete) == (56, False)
    assert one.coverage == 14 * 0.5 / 15
    assert counted(site, first_s=900) == replace(
        one, due=counted(site, first_s=900).due, counts=dict.fromkeys(one.counts, 0), coverage=0.0
    )


def test_minutes_of_a_camera_that_had_moved_are_not_watched(site):
    site.count(range(10), 4)
    moved = [
        Observation(
            "square", "north", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", (MONDAY_S + 60 * n) * NS_PER_S, 60,
            9.0, 9, 1.0, reliable=False,
        )
        for n in range(10, 15)
    ]  # fmt: skip
    site.keeper.run(site.store.store_observations(moved))
    one = counted(site)
    assert (one.counts[WALKED], one.complete) == (40, True)
    assert one.coverage == 10 / 15
