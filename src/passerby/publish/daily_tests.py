"""Tests of delivery: one a day at the recipient's time by the site's clock, and one at will."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from passerby.domain.notices import NoticeKind, QueuedNotice
from passerby.domain.recipients import TEST_GIVE_UP_S, Recipient
from passerby.domain.service import SitePlan
from passerby.publish.wording import SiteWords, notice_of
from passerby.text import moment
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S


def delivery_test(recipient: Recipient, site: SitePlan, time_ns: int, notice_id: str) -> QueuedNotice:
    """Returns a test; it is given up sooner than what is about events."""
    notice = notice_of(NoticeKind.TEST, notice_id, time_ns, SiteWords.of(site))
    return QueuedNotice(notice, recipient.name, time_ns, time_ns + TEST_GIVE_UP_S * NS_PER_S)


def due_test(recipient: Recipient, site: SitePlan, now_ns: int) -> QueuedNotice | None:
    """Returns the daily test that is due, the same for the same day; None where none is, or its hour has passed."""
    if recipient.test_s is None:
        return None
    due_ns = last_due_ns(recipient.test_s, now_ns, site.time_zone)
    if now_ns - due_ns >= TEST_GIVE_UP_S * NS_PER_S:
        return None
    number = hashlib.sha256(f"test\n{recipient.name}\n{due_ns}".encode()).hexdigest()[:32]
    return delivery_test(recipient, site, due_ns, number)


def last_due_ns(test_s: int, now_ns: int, time_zone: str) -> int:
    """Returns when the newest daily test was due, UTC nanoseconds.

    >>> last_due_ns(9 * 3600, 8 * 3600 * 10**9, "Europe/Berlin") // 10**9  # 9:00 in Berlin, in 1970
    28800

    Args:
        test_s: seconds since midnight by the site's clock.
        now_ns: UTC nanoseconds now.
        time_zone: the site's.
    """
    zone = ZoneInfo(time_zone)
    today = moment(now_ns, zone).date()
    hours, minutes = divmod(min(test_s, DAY_S - MINUTE_S), HOUR_S)
    due_ns = 0
    for day in (today, today - timedelta(days=1)):
        due = datetime(day.year, day.month, day.day, hours, minutes // MINUTE_S, tzinfo=zone)
        due_ns = round(due.timestamp()) * NS_PER_S
        if due_ns <= now_ns:
            break
    return due_ns
