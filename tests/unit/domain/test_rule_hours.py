"""When rules are watched, and which profiles the calendar has switched on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.event_rules import Profile, WeeklyHours
from passerby.domain.intervals import SiteClock
from passerby.domain.rule_hours import profiles_at

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = SiteClock.of(BERLIN, 1_790_000_000, 1_810_000_000)
PROFILES = (
    Profile("market", (WeeklyHours(frozenset({5}), 6 * 3600, 14 * 3600),)),
    Profile("night", (WeeklyHours(frozenset({5}), 22 * 3600, 4 * 3600),)),
    Profile("eve", dates=frozenset({"2026-12-24"})),
    Profile("by hand"),
)


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        ("2026-11-28T05:59:59", set()),  # a Saturday
        ("2026-11-28T06:00:00", {"market"}),
        ("2026-11-28T14:00:00", set()),
        ("2026-11-28T22:00:00", {"night"}),
        ("2026-11-29T03:59:59", {"night"}),
        ("2026-11-29T04:00:00", set()),
        ("2026-12-23T23:59:59", set()),
        ("2026-12-24T00:00:00", {"eve"}),
        ("2026-12-24T23:59:59", {"eve"}),
        ("2026-12-25T00:00:00", set()),
    ],
)
def test_a_profile_is_on_in_its_hours_and_on_its_dates_by_the_site_s_clock(moment: str, on: set[str]) -> None:
    time_s = datetime.fromisoformat(moment).replace(tzinfo=BERLIN).timestamp()
    assert profiles_at(PROFILES, round(time_s) * 1_000_000_000, CLOCK) == on


def test_a_time_before_1970_has_its_date_too() -> None:
    early = Profile("early", dates=frozenset({"1950-06-02"}))
    assert profiles_at((early,), -618_000_000 * 1_000_000_000, SiteClock()) == {"early"}
