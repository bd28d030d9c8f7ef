"""Counts by hand reach published intervals: of the line as it is drawn now, and never a single one of them."""

from dataclasses import replace

import numpy as np

from passerby.domain.audit import AuditEntry
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, HandCount, MinutePair, line_version
from passerby.domain.published import BinStatus, PublishedBin, Way
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import NORTH, PublishingSite, made_plan


def count_by_hand(site: PublishingSite, crossings: int, number: int = 1) -> None:
    """Somebody counts people at the north line of the running plan; passerby counted as many."""
    (camera,) = site.plan.cameras
    version = line_version(camera, camera.layout.lines[0], site.plan.detector.model)
    pair = MinutePair(MONDAY_S, RoadUser.PEDESTRIAN, Direction.FORWARD, crossings, crossings)
    start_ns = MONDAY_S * NS_PER_S
    one = HandCount(
        f"{number:032x}", "square", "north", version, CountedFrom.KERB, start_ns, start_ns + 60 * NS_PER_S,
        (RoadUser.PEDESTRIAN,), (), (MONDAY_S,), "anna", start_ns + number,
    )  # fmt: skip
    site.keeper.run(site.store.hand_counts.add(one, AuditEntry(start_ns, "anna", "validation.added", "square", "")))
    site.keeper.run(site.store.hand_counts.settle(one.validation_id, [pair], ""))


def walked(site: PublishingSite) -> PublishedBin:
    """The first published number of those who walked over the north line."""
    bins = site.read(counters=(site.counter().id,))
    return next(one for one in bins if one.status is BinStatus.PUBLISHED and one.way is Way.FORWARD)


def test_a_validated_line_has_narrower_intervals_once_a_quarter_of_an_hour_is_over(site: PublishingSite) -> None:
    site.count(range(60), 20)
    site.run(7200)
    before = walked(site)
    count_by_hand(site, 400)
    assert walked(site) == before
    site.run(7200 + 900)
    after = walked(site)
    assert (before.basis, after.basis) == ("prior", "validated")
    assert after.value == before.value
    assert (after.high or 0) - (after.low or 0) < (before.high or 0) - (before.low or 0)


def test_few_crossings_by_hand_change_nothing_that_is_seen(site: PublishingSite) -> None:
    site.count(range(60), 20)
    site.run(7200)
    before = walked(site)
    count_by_hand(site, 29)
    site.run(7200 + 900)
    assert walked(site) == before


def test_what_was_counted_at_another_line_says_nothing_of_this_one(site: PublishingSite) -> None:
    site.count(range(60), 20)
    site.run(7200)
    old = site.plan
    site.plan = made_plan(lines=(replace(NORTH, points=NORTH.points + np.float32(0.01)),))
    count_by_hand(site, 400)
    site.plan = old
    site.run(7200 + 900)
    assert walked(site).basis == "prior"
