"""When a daily test is due."""

import pytest

from passerby.publish.daily_tests import due_test, last_due_ns
from passerby.units import NS_PER_S
from testing.waiting import TUESDAY_S
from testing.web.deliveries import recipient, site


@pytest.mark.parametrize(
    ("now_s", "due_s"),
    [(7 * 3600, 7 * 3600), (7 * 3600 - 1, 7 * 3600 - 86_400), (23 * 3600, 7 * 3600)],
)
def test_it_is_by_the_site_s_clock(now_s: int, due_s: int) -> None:
    assert last_due_ns(9 * 3600, (TUESDAY_S + now_s) * NS_PER_S, "Europe/Belgrade") == (TUESDAY_S + due_s) * NS_PER_S


def test_clocks_that_change_neither_skip_nor_repeat_it() -> None:
    october_s = 1_792_886_400  # 2026-10-25 00:00 UTC, on which 2:30 comes twice in Belgrade
    hours = range(-24, 48)
    due = {last_due_ns(2 * 3600 + 1800, (october_s + hour * 3600) * NS_PER_S, "Europe/Belgrade") for hour in hours}
    assert len(due) == 4


def test_the_same_day_has_the_same_test_and_each_recipient_its_own() -> None:
    plan, now_ns = site(), (TUESDAY_S + 7 * 3600) * NS_PER_S
    first, again = (due_test(recipient(test_s=9 * 3600), plan, now_ns + more_ns) for more_ns in (0, 60 * NS_PER_S))
    assert first is not None
    assert first == again
    other = due_test(recipient("duty", test_s=9 * 3600), plan, now_ns)
    assert other is not None
    assert other.notice.notice_id != first.notice.notice_id
    assert due_test(recipient(), plan, now_ns) is None
    assert due_test(recipient(test_s=9 * 3600), plan, now_ns + 3600 * NS_PER_S) is None
