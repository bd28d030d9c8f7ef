"""The words of a notice."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from passerby.domain.notices import NoticeKind
from passerby.publish.wording import SiteWords, notice_of
from testing.web.deliveries import site
from testing.web.made import closed, open_event, place_event

SITE = SiteWords("Trg", ZoneInfo("Europe/Belgrade"), "https://count.example.org")
START_NS = 1_790_000_000_000_000_000
OPEN = open_event("square", "crowded", START_NS)


def test_it_says_what_where_when_why_and_where_to_look() -> None:
    notice = notice_of(NoticeKind.RAISED, "0" * 32, START_NS, SITE, (OPEN,))
    assert notice.subject == "[Trg] warning: crowded (square)"
    assert notice.link == f"https://count.example.org/events?event={OPEN.event_id}"
    for part in ("crowded (warning)", "benches, camera square", "since 2026-09-21 16:13:20 CEST", OPEN.why,
                 "threshold of 2 people/m²: 2.5 people/m²", notice.link):  # fmt: skip
        assert part in notice.text


def test_an_end_a_summary_and_a_test_say_so() -> None:
    over = closed(OPEN, 90)
    assert "over after 1 min 30 s" in notice_of(NoticeKind.CLOSED, "0" * 32, START_NS, SITE, (over,)).text
    many = [place_event(f"camera {number}", start_ns=START_NS) for number in range(30)]
    summary = notice_of(NoticeKind.SUMMARY, "0" * 32, START_NS, SITE, many)
    assert summary.subject == "[Trg] summary of 30 events: crowded (camera 0) and 29 more"
    assert "And 10 more events." in summary.text
    assert summary.link == "https://count.example.org/events"
    assert len(summary.events) == 30
    test = notice_of(NoticeKind.TEST, "0" * 32, START_NS, SITE)
    assert (test.subject, test.events) == ("[Trg] test: this alarm works", ())
    assert "nothing has happened" in test.text


def test_names_break_no_line_and_links_need_tls() -> None:
    evil = replace(OPEN, rule="a\r\nBcc: x@y.example")
    notice = notice_of(NoticeKind.RAISED, "0" * 32, START_NS, SITE, (evil,))
    assert notice.subject.isprintable()
    plan = site()
    assert SiteWords.of(plan).origin == "https://count.example.org"
    near = replace(plan, server=replace(plan.server, public_url="http://localhost:8642"))
    assert notice_of(NoticeKind.RAISED, "0" * 32, START_NS, SiteWords.of(near), (OPEN,)).link == ""
