"""Columns of a range for charts: bins by the site's clock, gaps, sums, intervals; on the real SQLite store."""

import asyncio
import csv
import io
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pyarrow.parquet as pq
import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, HandCount, MinutePair
from passerby.domain.histograms import Histogram
from passerby.domain.observations import Quantity
from passerby.domain.queries import EventQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store import open_store
from passerby.web.routes.measured.series import SeriesPage
from passerby.web.routes.measured.validations.recorded import version_now
from testing.web.fakes import MIDNIGHT_S, NOW_S, Service, observation

PATH = "/api/v1/series"
LINE = "&camera=square&series=west%20gate&quantity=flow"


class Stored:
    """A service on a real store, in one loop: two hours of a line, ten minutes of which were not watched."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        url = f"sqlite:///{folder / 'passerby.db'}"
        store = self._runner.run(open_store(url, zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW_S * 10**9))
        self.store: Store = store
        store.audit_log.use_key(b"a" * 32)
        self.service = Service(store)
        rows = [
            observation(NOW_S - 60 * minute, 1.0, direction=way, road_user=user)
            for minute in range(1, 121)
            if not 60 < minute <= 70
            for way in ("forward", "backward")
            for user in (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)
        ]
        rows += [
            observation(NOW_S - 60, 1.25, quantity=Quantity.SPEED_MEAN, error=0.1),
            observation(NOW_S - 120, None, quantity=Quantity.SPEED_MEAN, coverage=0.0, reliable=False),
            *(
                observation(
                    NOW_S - 60 * minute,
                    value,
                    quantity=Quantity.DWELL_P50,
                    series="benches",
                    direction=None,
                    count=count,
                    histogram=Histogram.of_values([value] * count) if kept else None,
                )
                for minute, value, count, kept in ((2, 10.0, 9, True), (1, 60.0, 10, True), (80, 10.0, 3, False))
            ),
            observation(NOW_S - 60, 1.0, camera="gone", series="old gate"),
        ]
        self._runner.run(store.store_observations(rows))

    def run(self, what: Coroutine[Any, Any, object]) -> None:
        self._runner.run(what)

    def get(self, query: str, **headers: str) -> httpx.Response:
        return self._runner.run(self.service.ask("GET", f"{PATH}{query}", headers=headers))

    def page(self, query: str) -> dict[str, Any]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        SeriesPage.model_validate_json(answer.content)
        page: dict[str, Any] = answer.json()
        assert all(len(row["value"]) == len(row["coverage"]) == page["count"] for row in page["rows"])
        return page

    def audit(self) -> list[AuditEntry]:
        query = EventQuery(0, 2 * NOW_S * 10**9)
        return list(self._runner.run(self.store.audit(query)).rows)

    def close(self) -> None:
        self._runner.run(self.store.close())
        self._runner.close()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    one = Stored(tmp_path_factory.mktemp("stored"))
    yield one
    one.close()


def test_a_gap_is_a_gap_and_never_zero(stored: Stored) -> None:
    page = stored.page(f"?bin=five-minutes&start=2026-09-28T10:40:00%2B02:00&end=2026-09-28T11:10:00%2B02:00{LINE}"
                       "&road_user=pedestrian&direction=forward")  # fmt: skip
    (row,) = page["rows"]
    assert row["value"] == [5, 5, None, None, 5, 5]
    assert row["coverage"] == [1, 1, 0, 0, 1, 1]
    assert row["count"] == [5, 5, 0, 0, 5, 5]
    assert (
        [end is None for end in row["lower"]]
        == [end is None for end in row["upper"]]
        == [False, False, True, True, False, False]
    )
    assert (row["unreliable"], row["estimated"], row["direction_name"], row["basis"]) == ([], [], "out", "prior")
    assert (page["step_s"], page["starts_s"], page["first_s"]) == (300, None, NOW_S - 80 * 60)
    assert (page["now_s"], page["time_zone"], page["offsets"][0]["offset_s"]) == (NOW_S, "Europe/Berlin", 7200)


def test_sums_over_classes_and_ways(stored: Stored) -> None:
    hour = f"?bin=hour&start=2026-09-28T11:00:00%2B02:00{LINE}"
    assert len(stored.page(hour)["rows"]) == 4
    (both,) = stored.page(f"{hour}&sum=road_user&sum=direction")["rows"]
    assert (both["value"], both["road_user"], both["direction"], both["direction_name"]) == (
        [240, None],
        None,
        None,
        None,
    )
    ways = stored.page(f"{hour}&sum=road_user&road_user=bicycle")["rows"]
    assert [(row["direction"], row["value"][0]) for row in ways] == [("backward", 60), ("forward", 60)]


def test_what_has_an_error_has_an_interval(stored: Stored) -> None:
    (row,) = stored.page("?bin=minute&start=2026-09-28T11:58:00%2B02:00&end=2026-09-28T12:00:00%2B02:00"
                         "&camera=square&quantity=speed_mean")["rows"]  # fmt: skip
    assert (row["value"], row["lower"], row["upper"]) == ([None, 1.25], [None, 1.054], [None, 1.446])
    assert (row["unit"], row["unreliable"]) == ("m/s", [0])


def test_percentiles_of_long_bins_are_those_of_all_values_or_say_that_they_are_estimates(stored: Stored) -> None:
    hours = "?bin=hour&start=2026-09-28T10:00:00%2B02:00&camera=square&series=benches&quantity=dwell_p50"
    (row,) = stored.page(hours)["rows"]
    # Of 9 stays of 10 s and 10 of 60 s the median is 60 s; by the means of the minutes' medians it would be 36 s.
    assert row["value"] == [10, pytest.approx(60, rel=0.02), None]
    assert (row["count"], row["estimated"]) == ([3, 19, 0], [0])
    (both,) = stored.page(f"{hours}&sum=direction&sum=road_user")["rows"]
    assert (both["value"], both["estimated"], both["road_user"]) == (row["value"], [0], None)
    cells = list(csv.DictReader(io.StringIO(stored.get(hours, Accept="text/csv").text)))
    assert [each["estimated"] for each in cells] == ["true", "false"]


def test_days_of_the_site_last_as_long_as_they_do(stored: Stored) -> None:
    page = stored.page(f"?bin=day&start=2026-03-28&end=2026-03-31{LINE}&sum=road_user&sum=direction")
    assert [end - start for start, end in zip(page["starts_s"], page["starts_s"][1:], strict=False)] == [
        86_400, 82_800, 86_400,
    ]  # fmt: skip
    assert page["step_s"] is None
    assert [row["offset_s"] for row in page["offsets"]] == [3600, 7200]
    month = stored.page(f"?bin=month&start=2026-09-28{LINE}&sum=road_user&sum=direction")
    assert (month["count"], month["rows"][0]["value"]) == (1, [440])
    assert month["rows"][0]["coverage"][0] == pytest.approx(110 / (30 * 1440), abs=1e-6)


def test_the_bin_is_chosen_by_the_span_and_by_what_is_kept(stored: Stored) -> None:
    assert stored.page("")["bin"] == "minute"
    assert stored.page("?start=2026-08-28")["bin"] == "hour"
    old = stored.page("?start=2026-03-01&end=2026-03-02")
    assert (old["bin"], old["kept_from_s"] < MIDNIGHT_S - 300 * 86_400, old["rows"]) == ("quarter", True, [])
    assert stored.page("?start=2016-10-01")["bin"] == "week"


def test_what_is_unknown_is_not_found(stored: Stored) -> None:
    for query, code in (
        ("?camera=nowhere", "no-such-camera"),
        ("?camera=square&series=nowhere", "no-such-series"),
        ("?camera=square&series=old%20gate", "no-such-series"),
    ):
        answer = stored.get(query)
        assert (answer.status_code, answer.json()["code"]) == (404, code), query
    # What the site file names has no numbers yet; what it names no more has those that are kept.
    assert stored.page("?camera=square&series=turn")["rows"] == []
    assert [row["series"] for row in stored.page("?camera=gone&series=old%20gate")["rows"]] == ["old gate"]


def test_the_same_as_a_table_is_an_export(stored: Stored) -> None:
    query = f"?bin=hour&start=2026-09-28T10:00:00%2B02:00{LINE}&sum=road_user&sum=direction"
    answer = stored.get(query, Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["start"], row["value"], row["road_user"], row["coverage"][:5]) for row in rows] == [
        ("2026-09-28T10:00:00+02:00", "200", "", "0.833"),
        ("2026-09-28T11:00:00+02:00", "240", "", "1"),
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="series.csv"'
    parquet = pq.read_table(io.BytesIO(stored.get(query, Accept="application/vnd.apache.parquet").content))
    assert parquet.column("value").to_pylist() == [200.0, 240.0]
    entries = stored.audit()
    assert [(entry.action, entry.subject, entry.detail) for entry in entries[-2:]] == [
        ("counts.exported", "square", "text/csv"),
        ("counts.exported", "square", "application/vnd.apache.parquet"),
    ]
    assert stored.get(query, Accept="image/png").status_code == 406
    # Nothing stored is a table without rows.
    assert len(stored.get("?camera=square&series=turn", Accept="text/csv").text.splitlines()) == 1


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("?bin=second", "query.bin"),
        ("?sum=direction", "query.sum"),
        ("?sum=direction&quantity=speed_mean", "query.sum"),
        ("?bin=minute&start=2026-01-01", "query.start"),
        ("?start=1990-01-01", "query.start"),
        ("?end=2026-01-01&start=2026-02-01", "query.end"),
    ],
)
def test_bad_questions(stored: Stored, query: str, where: str) -> None:
    answer = stored.get(query)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["where"].startswith(where)


def test_too_much_at_once_is_refused(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.measured.series.MAX_ROWS", 4 * 60)
    hour = "?bin=minute&start=2026-09-28T11:00:00%2B02:00&end=2026-09-28T12:00:00%2B02:00"
    assert stored.get(hour + LINE).status_code == 200
    answer = stored.get(hour + "&camera=square")
    assert (answer.status_code, "longer bins" in answer.json()["detail"]) == (422, True)


def test_it_is_compressed_where_that_is_taken(stored: Stored) -> None:
    whole = stored.get(f"?bin=minute{LINE}", **{"Accept-Encoding": "identity"})
    small = stored.get(f"?bin=minute{LINE}", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in whole.headers
    assert (small.headers["Content-Encoding"], small.headers["Vary"]) == ("gzip", "Accept, Accept-Encoding")
    assert int(small.headers["Content-Length"]) * 4 < len(whole.content)
    assert small.json() == whole.json()


def test_what_is_made_up_is_marked_in_every_form(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = stored.service.configurations.plan
    monkeypatch.setattr(stored.service.configurations, "plan", replace(plan, made_up_before=date(2026, 9, 29)))
    assert stored.page(f"?bin=hour{LINE}")["made_up_before_s"] == MIDNIGHT_S + 86_400
    for accept in ("text/csv", "application/vnd.apache.parquet"):
        table = stored.get(f"?bin=hour{LINE}", Accept=accept).content
        if accept == "text/csv":
            made_up = {row["made_up"] for row in csv.DictReader(io.StringIO(table.decode("utf-8")))}
        else:
            made_up = {str(each).lower() for each in pq.read_table(io.BytesIO(table))["made_up"].to_pylist()}
        assert made_up == {"true"}
    monkeypatch.undo()
    assert stored.page(f"?bin=hour{LINE}")["made_up_before_s"] is None


def counted_by_hand(stored: Stored) -> None:
    """Bicycles at the gate were counted for ten minutes, half an hour ago: passerby had eight of ten."""
    minutes = [NOW_S - 1800 - 60 * minute for minute in range(10)]
    pairs = [MinutePair(start_s, RoadUser.BICYCLE, way, 10, 8) for start_s in minutes for way in Direction]
    version = version_now(stored.service.app.state.hub, "square", "west gate") or ""
    end_ns = (NOW_S - 1700) * 10**9
    counted = HandCount(
        "cd" * 16, "square", "west gate", version, CountedFrom.KERB, end_ns - 10**12, end_ns, (RoadUser.BICYCLE,), (),
        tuple(minutes), "a person", end_ns, pairs=tuple(pairs),
    )  # fmt: skip
    stored.run(stored.store.hand_counts.add(counted, AuditEntry(end_ns, "a person", "validation.sent", "square")))


def test_counts_by_hand_move_the_interval_and_a_sum_over_classes_is_as_wide_as_its_parts(stored: Stored) -> None:
    counted_by_hand(stored)
    span = f"?bin=hour&start=2026-09-28T10:00:00%2B02:00&end=2026-09-28T12:00:00%2B02:00{LINE}"
    bicycles, people = (
        stored.page(f"{span}&sum=direction&road_user={user}")["rows"][0] for user in ("bicycle", "pedestrian")
    )
    (both,) = stored.page(f"{span}&sum=direction&sum=road_user")["rows"]
    assert [row["basis"] for row in (bicycles, people, both)] == ["validated 200", "prior", "prior"]
    assert bicycles["total"]["high"] - bicycles["total"]["low"] < 0.5 * (
        people["total"]["high"] - people["total"]["low"]
    )
    for part, power in (("expected", 1), ("place_sd", 1), ("count_sd", 2)):
        parts = [row["total"][part] ** power for row in (bicycles, people)]
        assert both["total"][part] ** power == pytest.approx(sum(parts), rel=1e-4), part
    # The table has the same numbers.
    table = stored.get(f"{span}&sum=direction&sum=road_user", Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [float(row["low"]) for row in rows] == pytest.approx(
        [end for end in both["lower"] if end is not None], rel=1e-5
    )


def test_a_published_interval_can_be_found_again(stored: Stored) -> None:
    span = f"?bin=hour&start=2026-09-28T10:00:00%2B02:00&end=2026-09-28T12:00:00%2B02:00{LINE}&road_user=bicycle"
    counted_by_hand(stored)
    now, earliest = stored.page(span), stored.page(f"{span}&known_at=2026-01-01")
    assert {row["basis"] for row in earliest["rows"]} == {"prior"}
    assert {row["basis"] for row in now["rows"]} == {"validated 100"}
    wrong = stored.get(f"{span}&known_at=yesterday")
    assert wrong.status_code == 422
    assert "query.known_at" in wrong.text


def test_unexplained_motion_widens_every_answer_alike(stored: Stored) -> None:
    seen_badly = observation(NOW_S - 60 * 200, 50.0, direction="forward", road_user=RoadUser.CAR, unexplained=0.4)
    stored.run(stored.store.store_observations([seen_badly]))
    span = f"?bin=hour&start=2026-09-28T08:00:00%2B02:00&end=2026-09-28T09:00:00%2B02:00{LINE}&road_user=car"
    wide = accuracy_of([]).true_crossings(50, 0.4)
    (row,) = stored.page(span)["rows"]
    (at,) = (place for place, value in enumerate(row["value"]) if value)
    assert row["unexplained"][at] == row["total"]["unexplained"] == 0.4
    assert (row["lower"][at], row["upper"][at]) == pytest.approx((wide.low, wide.high))
    assert (row["total"]["low"], row["total"]["high"]) == pytest.approx((wide.low, wide.high), rel=1e-5)
    (cells,) = csv.DictReader(io.StringIO(stored.get(span, Accept="text/csv").text))
    assert (float(cells["unexplained"]), float(cells["high"])) == pytest.approx((0.4, wide.high), rel=1e-5)
