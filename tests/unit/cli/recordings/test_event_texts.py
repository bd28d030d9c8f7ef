"""Events on a terminal."""

from zoneinfo import ZoneInfo

from rich.console import Console

from passerby.cli.recordings.event_texts import EventTexts
from passerby.domain.event_rules import EventRule, RuleKind
from testing.web.made import closed, open_event

NOON_NS = 1_700_000_040_000_000_000
RULE = EventRule("[b]crowded", RuleKind.OVERCROWDING, "square", 4, "1")
EVENT = open_event("cam", RULE.name, NOON_NS, why="Crowded \x1b[31m[red].")


def printed(texts: EventTexts) -> str:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(texts.line(EVENT))
        console.print(texts.table([EVENT, closed(EVENT)]))
    return capture.get()


def test_times_are_by_the_site_s_clock() -> None:
    texts = EventTexts([RULE], NOON_NS, ZoneInfo("Europe/Berlin"))
    assert texts.time(NOON_NS) == "2023-11-14 23:14:00"
    assert texts.time(-1) == "1970-01-01 00:59:59"


def test_without_a_known_start_times_count_from_the_beginning() -> None:
    texts = EventTexts([RULE], NOON_NS, None)
    assert [texts.time(NOON_NS + round(second * 1e9)) for second in (0, 5.25, 59.99, 60, 3725)] == [
        "0:00.0", "0:05.2", "1:00.0", "1:00.0", "62:05.0",
    ]  # fmt: skip


def test_names_and_sentences_are_shown_as_they_are() -> None:
    shown = printed(EventTexts([RULE], NOON_NS, None))
    assert "[b]crowded: Crowded ?[31m[red]." in shown
    assert "so far" in shown
    assert "\x1b[31m" not in shown
