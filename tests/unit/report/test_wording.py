"""A report in words."""

from dataclasses import replace

from passerby.report.wording import watched_notes, watched_sentences
from testing.reports import market_square


def test_a_whole_run_says_no_more_than_that() -> None:
    whole = replace(market_square(), coverage=1.0, losses=(), frames_lost=0, ground=None)
    assert watched_sentences(whole) == ["Watched 100 % of the time (9000 pictures looked at, 10 a second)."]


def test_each_loss_is_said_once() -> None:
    damaged = "12 of 13512 pictures were damaged and could not be used."
    assert watched_notes(replace(market_square(), losses=(damaged,), frames_lost=12, ground=None)) == [
        damaged,
        "What happened in time that was not watched is not in these numbers.",
    ]
