"""The tables on the screen."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from rich.cells import cell_len
from rich.console import Console

from passerby.domain.hand_counts import MinutePair
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.observations import Observation, Quantity
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser
from passerby.report.terminal import print_report
from testing.reports import B, F, any_report, empty_report, grid_report, market_square


def printed(report: CountReport, width: int = 80, encoding: str = "utf-8") -> str:
    sink = io.BytesIO()
    page = io.TextIOWrapper(sink, encoding=encoding, newline="")
    print_report(report, Console(file=page, width=width))
    page.flush()
    return sink.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 160])
def test_it_keeps_to_the_width_and_shows_every_number(width: int) -> None:
    text = printed(market_square(), width)
    assert max(cell_len(row) for row in text.splitlines()) <= width
    for number in ("412", "388", "57", "61", "469", "449", "230", "251", "141", "6.4", "17", "310", "302", "0.035"):
        assert number in text.split() or number in text, number


def test_each_way_has_its_arrow_its_name_and_its_counts() -> None:
    rows = [row.split() for row in printed(market_square(), 120).splitlines()]
    assert ["Station", "Road", "←", "to", "the", "station", "412", "57", "469", "452–799"] in rows
    assert ["→", "to", "the", "square", "388", "61", "449", "433–766"] in rows
    assert ["East", "arcade", "←", "into", "the", "arcade", "230", "-", "230", "220–395"] in rows
    assert ["Line", "Way", "On", "foot", "Bicycles", "All", "True,", "95", "%"] in rows


def test_it_says_what_the_intervals_rest_on() -> None:
    assert "as believed of any place: no one has counted here by hand" in " ".join(printed(market_square()).split())
    minutes = [MinutePair(60 * i, RoadUser.PEDESTRIAN, F, 10, 9) for i in range(10)]
    sink = io.StringIO()
    console = Console(file=sink, width=120)
    print_report(market_square(), console, accuracies=LineAccuracies({("square", "Station Road"): minutes}))
    assert "by counts by hand at Station Road; at the other lines as believed of any place" in " ".join(
        sink.getvalue().split()
    )


def test_classes_that_nobody_counted_have_no_column() -> None:
    assert "Cars" not in printed(market_square())


def test_coverage_and_losses_are_reported_in_words() -> None:
    text = " ".join(printed(market_square()).split())
    assert "Watched 98.3 % of the time (9000 pictures looked at, 10 a second)." in text
    assert "From 10:04:10 to 10:04:25 the recording was damaged." in text
    assert "What happened in time that was not watched is not in these numbers." in text
    assert "0.12 m off" in text
    assert "East arcade On foot 440 4.7 4.5 5.7 0.5" in text


def quarters(*counts: int, coverage: float = 1.0) -> CountReport:
    report = market_square()
    rows = tuple(
        Observation(
            "square", "Station Road", Quantity.FLOW, RoadUser.PEDESTRIAN, way, report.start_ns + number * 900 * 10**9,
            900, float(count), count, coverage if number == 0 else 1.0,
        )
        for number, count in enumerate(counts)
        for way in ("forward", "backward")
    )  # fmt: skip
    return replace(report, observations=rows, lines=report.lines[:1], coverage=1.0, losses=())


def test_each_quarter_stands_on_the_screen_with_the_busiest() -> None:
    rows = [" ".join(row.split()) for row in printed(quarters(3, 12, 5), 120).splitlines()]
    assert "Crossings by 15 min" in rows
    found = [row for row in rows if row.endswith("100 %")]
    assert [row.split()[1:] for row in found] == [
        [str(count), str(count), str(2 * count), "100", "%"] for count in (3, 12, 5)
    ]
    (busiest,) = (row for row in rows if row.startswith("Busiest"))
    assert busiest == f"Busiest 15 min: from {found[1].split()[0]}, 24 crossings over all lines."


def test_a_quarter_that_was_watched_in_part_is_not_the_busiest() -> None:
    (busiest,) = (row for row in printed(quarters(30, 12, coverage=0.5), 120).splitlines() if row.startswith("Busiest"))
    assert "24 crossings" in busiest
    assert "Busiest" not in printed(quarters(30), 120)


def test_of_four_points_no_error_is_made_up() -> None:
    exact = replace(market_square().ground, rmse_m=None)  # type: ignore[type-var]
    text = " ".join(printed(replace(market_square(), ground=exact)).split())
    assert "exactly four points: how far off it is cannot be seen" in text
    assert "m off" not in text


def test_on_a_narrow_screen_no_number_is_broken_or_lost() -> None:
    words = printed(market_square(), 44).split()
    for number in ("412", "388", "469", "449", "230", "251"):
        assert number in words


def test_six_classes_of_six_digits_keep_their_digits_at_80_columns() -> None:
    report = market_square()
    busy = replace(report.lines[0], counts={user: {F: 100_000 + user, B: 200_000 + user} for user in RoadUser})
    words = printed(replace(report, lines=(busy,))).split()
    assert all(str(100_000 + user) in words and str(200_000 + user) in words for user in RoadUser)


def test_a_screen_that_only_knows_ascii_gets_ascii() -> None:
    report = replace(market_square(), camera_id="Tržnica [red]")
    text = printed(report, encoding="ascii")
    assert "Tr?nica [red]" in text
    assert "<- to the station" in text
    assert "m2" in text


def test_seventeen_lines_and_an_empty_run() -> None:
    assert sum("forward" in row for row in printed(grid_report()).splitlines()) == 17


def test_nothing_watched_shows_no_zero() -> None:
    report = replace(market_square(), coverage=0.0, lines=tuple(replace(t, counts={}) for t in market_square().lines))
    text = printed(report)
    assert "Nothing was watched, so there are no counts, not even zero." in text
    assert "Station Road" not in text
    assert "Nothing was watched" in printed(empty_report())


@pytest.mark.slow
@settings(max_examples=40)
@given(any_report)
def test_no_name_steers_the_terminal(report: CountReport) -> None:
    for encoding in ("utf-8", "ascii"):
        assert printed(report, encoding=encoding).replace("\n", "").isprintable()


@pytest.mark.parametrize(("encoding", "bound"), [("utf-8", "≥"), ("ascii", ">=")])
def test_numbers_of_a_zone_that_was_too_full_to_count_are_lower_bounds(encoding: str, bound: str) -> None:
    report = market_square()
    full = replace(report, zones=(replace(report.zones[0], saturated=0.1), *report.zones[1:]))
    assert {f"{bound}6.4", f"{bound}17", f"{bound}0.035"} <= set(
        printed(full, encoding=encoding).replace("|", " ").split()
    )
    assert bound not in printed(report, encoding=encoding)
