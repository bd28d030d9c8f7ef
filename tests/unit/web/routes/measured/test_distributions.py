"""Distributions over HTTP: true percentiles of whole spans, what is kept back, and coverage; on the real store."""

import asyncio
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from passerby.domain.histograms import RELATIVE_ERROR, Histogram
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.store import open_store
from passerby.web.routes.measured.distributions import DistributionPage
from testing.web.fakes import NOW_S, Service, observation

PATH = "/api/v1/distributions"
HOUR = "&start=2026-09-28T11:00:00%2B02:00&end=2026-09-28T12:00:00%2B02:00"
DRAWN = random.Random(7)
SPEEDS = {
    way: [[DRAWN.uniform(1.0, 2.0 if way == "forward" else 9.0) for _ in range(2)] for _ in range(60)]
    for way in ("forward", "backward")
}
"""Two speeds a minute and way, of the hour before now."""


def held(values: list[float], minute: int, quantity: Quantity, **changes: Any) -> Observation:
    mean = sum(values) / len(values)
    return observation(
        NOW_S - 3600 + 60 * minute, mean, quantity=quantity, count=len(values), histogram=Histogram.of_values(values),
        **changes,
    )  # fmt: skip


class Stored:
    """A service on a real store, in one loop."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        url = f"sqlite:///{folder / 'passerby.db'}"
        self.store = self._runner.run(open_store(url, zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW_S * 10**9))
        self.service = Service(self.store)
        rows = [
            held(SPEEDS[way][minute], minute, Quantity.SPEED_MEAN, direction=way)
            for minute in range(60)
            for way in ("forward", "backward")
        ]
        # Half of the hour was watched.
        rows += [observation(NOW_S - 3600 + 60 * minute, 2.0, coverage=0.5) for minute in range(60)]
        rows += [held([20.0] * 4, 3, Quantity.DWELL_P50, series="benches", direction=None)]
        rows += [held([5.0] * 40, 3, Quantity.HEADWAY_MEAN, road_user=None)]
        rows += [held([7.0] * 6, 3, Quantity.HEADWAY_MEAN, road_user=RoadUser.BICYCLE, reliable=False)]
        self._runner.run(self.store.store_observations(rows))

    def get(self, query: str) -> httpx.Response:
        return self._runner.run(self.service.ask("GET", f"{PATH}{query}"))

    def page(self, query: str) -> dict[str, Any]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        DistributionPage.model_validate_json(answer.content)
        page: dict[str, Any] = answer.json()
        for row in page["rows"]:
            assert row["counts"] is None or (len(row["counts"]) + 1 == len(page["edges"]))
            assert row["counts"] is None or sum(row["counts"]) == row["n"]
        return page

    def close(self) -> None:
        self._runner.run(self.store.close())
        self._runner.close()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    one = Stored(tmp_path_factory.mktemp("stored"))
    yield one
    one.close()


def exact(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


def test_percentiles_are_those_of_all_values_of_the_span(stored: Stored) -> None:
    page = stored.page(f"?quantity=speed&camera=square&series=west%20gate{HOUR}")
    assert (page["unit"], page["after"]) == ("m/s", None)
    assert page["relative_error"] == pytest.approx(RELATIVE_ERROR, abs=5e-5)
    assert [row["direction"] for row in page["rows"]] == ["backward", "forward"]
    for row in page["rows"]:
        values = [value for minute in SPEEDS[row["direction"]] for value in minute]
        for share, key in ((0.15, "p15"), (0.5, "p50"), (0.85, "p85")):
            assert row[key] == pytest.approx(exact(values, share), rel=RELATIVE_ERROR + 1e-3)
        assert (row["n"], row["coverage"], row["reliable"]) == (120, 0.5, True)
    assert (row["direction_name"], row["start"], row["end"]) == (
        "out", "2026-09-28T11:00:00+02:00", "2026-09-28T12:00:00+02:00",
    )  # fmt: skip


def test_counts_lie_between_the_edges(stored: Stored) -> None:
    page = stored.page(f"?quantity=speed{HOUR}&direction=forward")
    (row,) = page["rows"]
    values = [value for minute in SPEEDS["forward"] for value in minute]
    for place, count in enumerate(row["counts"]):
        low, high = page["edges"][place : place + 2]
        # Edges are rounded to five digits.
        assert count == pytest.approx(sum(low <= value < high for value in values), abs=1)
    assert page["edges"][0] <= min(values) <= max(values) <= page["edges"][-1] * (1 + 1e-4)


def test_ways_and_classes_are_merged_where_that_is_asked_for(stored: Stored) -> None:
    (row,) = stored.page(f"?quantity=speed{HOUR}&sum=direction&sum=road_user")["rows"]
    every = [value for way in SPEEDS.values() for minute in way for value in minute]
    assert (row["n"], row["direction"], row["road_user"]) == (240, None, None)
    assert row["p85"] == pytest.approx(exact(every, 0.85), rel=RELATIVE_ERROR + 1e-3)


def test_spans_by_the_site_s_clock(stored: Stored) -> None:
    rows = stored.page(f"?quantity=speed&bin=quarter&direction=forward{HOUR}")["rows"]
    assert [row["start"][11:16] for row in rows] == ["11:00", "11:15", "11:30", "11:45"]
    assert [row["n"] for row in rows] == [30] * 4
    (day,) = stored.page("?quantity=speed&bin=day&direction=forward&start=2026-09-28&end=2026-09-29")["rows"]
    assert (day["n"], day["coverage"]) == (120, pytest.approx(0.5 / 24, abs=1e-3))
    (year,) = stored.page("?quantity=speed&direction=forward&start=2025-10-01&end=2026-10-01")["rows"]
    assert year["n"] == 120


def test_few_values_have_no_percentiles_and_very_few_no_bins(stored: Stored) -> None:
    (row,) = stored.page(f"?quantity=dwell{HOUR}")["rows"]
    assert (row["series"], row["n"], row["counts"], row["p15"], row["p50"], row["p85"]) == (
        "benches", 4, None, None, None, None,
    )  # fmt: skip
    assert "20" not in stored.get(f"?quantity=dwell{HOUR}").text.replace("2026", "").replace("+02:00", "")


def test_headways_of_all_are_asked_for_and_not_added_up(stored: Stored) -> None:
    everybody, bicycles = sorted(stored.page(f"?quantity=headway{HOUR}")["rows"], key=lambda row: -row["n"])
    assert (everybody["road_user"], everybody["n"]) == (None, 40)
    assert everybody["p50"] == pytest.approx(5.0, rel=RELATIVE_ERROR + 1e-3)
    assert (bicycles["road_user"], bicycles["n"], bicycles["p50"], bicycles["reliable"]) == ("bicycle", 6, None, False)
    assert [row["n"] for row in stored.page(f"?quantity=headway&road_user=all{HOUR}")["rows"]] == [40]
    refused = stored.get("?quantity=headway&sum=road_user")
    assert (refused.status_code, refused.json()["faults"][0]["where"]) == (422, "query.sum")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "bad-value"),
        ("?quantity=souls", 422, "bad-value"),
        ("?quantity=speed&bin=minute", 422, "bad-value"),
        ("?quantity=speed&bin=quarter&start=2026-01-01", 422, "bad-value"),
        ("?quantity=speed&camera=sqare", 404, "no-such-camera"),
        ("?quantity=speed&series=west%20gat", 404, "no-such-series"),
        ("?quantity=speed&clas=car", 422, "unknown-parameter"),
    ],
)
def test_bad_questions(stored: Stored, query: str, status: int, code: str) -> None:
    answer = stored.get(query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_measured_is_no_row(stored: Stored) -> None:
    page = stored.page("?quantity=speed&start=2026-01-01&end=2026-01-02")
    assert (page["rows"], page["edges"]) == ([], [])
