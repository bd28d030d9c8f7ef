"""Observations by range, bin, class and way, in three formats, page by page; on the real SQLite store."""

import asyncio
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pyarrow.parquet as pq
import pytest

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery, Page
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store import open_store
from passerby.tables.observation_table import COLUMNS as COUNT_COLUMNS
from passerby.tables.observation_table import LIVE_COLUMNS as COLUMNS
from passerby.web.problems import ProblemError
from passerby.web.ranges import LONGEST
from passerby.web.routes.measured.formats import CSV, PARQUET
from passerby.web.routes.measured.observations import ObservationPage
from testing.web.fakes import MIDNIGHT_S, NOW_S, Service, observation

PATH = "/api/v1/observations"
HOURS = 3


class Stored:
    """A service on a real store, in one loop."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        url = f"sqlite:///{folder / 'passerby.db'}"
        store = self._runner.run(open_store(url, zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW_S * 10**9))
        self.store: Store = store
        self.service = Service(store)
        rows = [
            observation(NOW_S - 60 * minute, 1.0, direction=way, road_user=user, coverage=0.5)
            for minute in range(1, 60 * HOURS + 1)
            for way in ("forward", "backward")
            for user in (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)
        ]
        density = observation(
            NOW_S - 60, 0.25, series="benches", quantity=Quantity.DENSITY_MEAN, road_user=None, direction=None
        )
        moved = observation(NOW_S - 60, None, camera="gate", coverage=0.0, reliable=False)
        self._runner.run(store.store_observations([*rows, density, moved]))

    def get(self, query: str, accept: str = "*/*") -> httpx.Response:
        return self._runner.run(self.service.ask("GET", f"{PATH}{query}", headers={"Accept": accept}))

    def rows(self, query: str) -> list[dict[str, Any]]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        return [row.model_dump() for row in ObservationPage.model_validate_json(answer.content).rows]

    def close(self) -> None:
        self._runner.run(self.store.close())
        self._runner.close()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    one = Stored(tmp_path_factory.mktemp("stored"))
    yield one
    one.close()


def test_every_row_says_how_much_was_watched(stored: Stored) -> None:
    rows = stored.rows("?bin=hour&camera=square&series=west%20gate&road_user=pedestrian&direction=forward")
    assert len(rows) == HOURS
    assert rows[0] == {
        "camera": "square",
        "series": "west gate",
        "quantity": "flow",
        "unit": "1",
        "road_user": "pedestrian",
        "direction": "forward",
        "direction_name": "out",
        "start": "2026-09-28T09:00:00+02:00",
        "length_s": 3600,
        "value": 60.0,
        "count": 60,
        "coverage": 0.5,
        "error": None,
        "unexplained": 0.0,
        "expected": 76.9231,
        "low": 55.1374,
        "high": 107.317,
        "level": 0.95,
        "basis": "prior",
        "place_sd": 10.8481,
        "count_sd": 7.28716,
        "reliable": True,
        "estimated": False,
        "made_up": False,
    }


def test_bins(stored: Stored) -> None:
    question = "&camera=square&quantity=flow&road_user=bicycle&direction=backward&start=2026-09-28"
    for word, length_s, count in (("minute", 60, 180), ("quarter", 900, 12), ("hour", 3600, 3), ("day", 86_400, 1)):
        rows = stored.rows(f"?bin={word}{question}")
        assert [row["length_s"] for row in rows] == [length_s] * count
        assert sum(row["value"] for row in rows) == 60 * HOURS
    (day,) = stored.rows(f"?bin=day{question}")
    assert day["start"] == "2026-09-28T00:00:00+02:00"
    assert day["coverage"] == pytest.approx(HOURS * 0.5 / 24)


def test_filters(stored: Stored) -> None:
    last = "?bin=minute&start=2026-09-28T11:59:00%2B02:00"
    assert len(stored.rows(last)) == 6
    assert len(stored.rows(f"{last}&direction=forward")) == 3
    assert [row["series"] for row in stored.rows(f"{last}&direction=none")] == ["benches"]
    assert [row["road_user"] for row in stored.rows(f"{last}&road_user=all")] == [None]
    assert len(stored.rows(f"{last}&road_user=bicycle&road_user=pedestrian")) == 5
    assert [row["unit"] for row in stored.rows(f"{last}&quantity=density_mean")] == ["m-2"]
    assert stored.rows("?series=turn") == []  # a movement of which nothing was measured yet
    (moved,) = stored.rows(f"{last}&camera=gate")
    assert (moved["value"], moved["coverage"], moved["reliable"]) == (None, 0.0, False)


def test_times_are_understood_as_people_write_them(stored: Stored) -> None:
    for start in (
        "2026-09-28T09:57:00Z",
        "2026-09-28T11:57:00%2B02:00",
        "2026-09-28T11:57:00+02:00",
        "2026-09-28T11:57%2B02:00",
    ):
        rows = stored.rows(f"?bin=minute&camera=square&direction=forward&road_user=bicycle&start={start}")
        assert len(rows) == 3, start


def test_pages_follow_each_other(stored: Stored) -> None:
    whole = stored.rows("?bin=minute&limit=10000")
    assert len(whole) == 4 * 60 * HOURS + 2
    found: list[dict[str, Any]] = []
    query = "?bin=minute&limit=100"
    while query:
        answer = stored.get(query)
        found += answer.json()["rows"]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["after"] is None)
        query = link.partition(">")[0].removeprefix("<") if link else ""
        assert not link or link.endswith('>; rel="next"')
    assert found == whole


def test_tables_say_the_same_as_json(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.measured.observations._TABLE_PAGE", 100)
    rows = stored.rows("?bin=minute&limit=10000")
    answer = stored.get("?bin=minute", CSV)
    assert answer.headers["content-type"].startswith(CSV)
    assert stored.get("?bin=minute&bom=true", CSV).content == b"\xef\xbb\xbf" + answer.content
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(table) == len(rows)
    for cells, row in zip(table, rows, strict=True):
        assert cells["road_user"] == (row["road_user"] or "")
        assert cells["direction"] == (row["direction"] or "")
        assert cells["start"] == row["start"]
        assert cells["value"] == ("" if row["value"] is None else f"{row['value']:g}")
        assert float(cells["coverage"]) == row["coverage"]
        assert (cells["reliable"], cells["estimated"]) == ("true" if row["reliable"] else "false", "false")
    columns = pq.read_table(io.BytesIO(stored.get("?bin=minute", PARQUET).content)).to_pylist()
    assert [each["value"] for each in columns] == [row["value"] for row in rows]
    assert [each["series_id"] for each in columns] == [cells["series_id"] for cells in table]
    assert [each["road_user"] for each in columns] == [row["road_user"] for row in rows]
    assert {each["start"].utcoffset().total_seconds() for each in columns} == {0}


async def _ended(*_: object) -> None:
    """The session is not there any more."""


@pytest.mark.parametrize("what", ["session", "purpose"])
def test_a_long_export_breaks_off_with_its_right(stored: Stored, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setattr("passerby.web.routes.measured.observations._TABLE_PAGE", 100)
    real, asked = stored.store.observations, []

    async def observations(query: ObservationQuery) -> Page[Observation]:
        asked.append(query)
        if len(asked) == 2 and what == "purpose":
            monkeypatch.setattr(stored.service.app.state.hub.purposes, "_stated", {})
        elif len(asked) == 2:
            monkeypatch.setattr("passerby.web.edge.streams.Rights.again", _ended)
        return await real(query)

    monkeypatch.setattr(stored.store, "observations", observations)
    with pytest.raises((ProblemError, RuntimeError)):
        stored.get("?bin=minute", CSV)
    assert len(asked) == 2


def test_table_by_pages(stored: Stored) -> None:
    answer = stored.get("?bin=minute&limit=10", CSV)
    assert len(answer.text.splitlines()) == 11
    rest = stored.get(answer.headers["link"].partition(">")[0].removeprefix("<"), CSV)
    assert rest.text.splitlines()[1:] != answer.text.splitlines()[1:]


def test_empty_tables(stored: Stored) -> None:
    query = "?start=2001-01-01&end=2001-01-02"
    assert stored.get(query, CSV).text.strip() == ",".join(column.name for column in COLUMNS)
    assert pq.read_table(io.BytesIO(stored.get(query, PARQUET).content)).num_rows == 0


def test_columns_are_those_of_the_count_files() -> None:
    names = [column.name for column in COLUMNS]
    assert names == [*(column.name for column in COUNT_COLUMNS), "reliable", "estimated", "made_up"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "query.limit"),
        ("limit=10001", "query.limit"),
        ("limit=x", "query.limit"),
        ("bin=week", "query.bin"),
        ("quantity=souls", "query.quantity"),
        ("road_user=dog", "query.road_user"),
        ("direction=up", "query.direction"),
        ("camera=%00", "query.camera"),
        ("camera=" + "x" * 64, "query.camera"),
        ("series=a%00b", "query.series"),
        ("series=", "query.series"),
        ("&".join(f"series={number}" for number in range(101)), "query.series"),
        ("after=x", "query.after"),
        ("after=1", "query.after"),
        ("after=99999999999999999999.1", "query.after"),
        ("start=yesterday", "query.start"),
        ("start=2026-09-28T08:00:00", "query.start"),
        ("start=2026-02-30", "query.start"),
        ("start=2026-09-28T08:00:00%2B99:00", "query.start"),
        ("start=0001-01-01T00:00:00%2B14:00", "query.start"),
        ("start=9999-12-31T23:59:59-14:00", "query.start"),
        ("start=1969-12-31", "query.start"),
        ("end=2026-09-28T24:61:00Z", "query.end"),
        ("start=2026-09-28&end=2026-09-28", "query.end"),
        ("start=2026-09-29&end=2026-09-28", "query.end"),
        ("start=2000-01-01", "query.start"),
        ("bin=minute&start=2026-08-01", "query.start"),
    ],
)
@pytest.mark.asvs("2.2.1", "15.3.7")
def test_bad_questions(stored: Stored, query: str, where: str) -> None:
    for accept in ("*/*", CSV):
        answer = stored.get(f"?{query}", accept)
        assert answer.status_code == 422, answer.text
        (fault, *_) = answer.json()["faults"]
        assert fault["where"].startswith(where)
        assert fault["what"]


def test_no_such_format(stored: Stored) -> None:
    answer = stored.get("", "image/png")
    assert (answer.status_code, answer.json()["code"]) == (406, "no-such-format")


def test_longest_ranges_can_be_asked_for(stored: Stored) -> None:
    assert set(LONGEST) == set(Bin)
    assert stored.get("?bin=day&start=2007-01-01").status_code == 200


def test_store_that_is_away() -> None:
    service = Service()
    service.store.away = True
    for accept in ("*/*", CSV, PARQUET):
        answer = service.get(PATH, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
        assert answer.headers["retry-after"] == "5"


def test_midnight_is_the_sites_own() -> None:
    service = Service()
    service.get(f"{PATH}?start=2026-09-28&end=2026-09-29")
    (query,) = service.store.asked
    assert (query.start_ns, query.end_ns) == (MIDNIGHT_S * 10**9, (MIDNIGHT_S + 86_400) * 10**9)
