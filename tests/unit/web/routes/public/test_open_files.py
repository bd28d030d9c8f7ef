"""Open data over HTTP: files, months, and what a browser has already."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI

from passerby.publish.open_data.months import OpenData
from passerby.units import DAY_S, NS_PER_S
from testing.web.fakes import HOST, Service
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers

NOVEMBER_QUARTERS = 30 * 96
DAYS = 33


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A service in December, whose November is closed."""
    now_ns = BEGAN_NS + DAYS * DAY_S * NS_PER_S
    numbers = SomePublishedNumbers((DAYS - 1) * 96, [LINE])
    folder: Path = tmp_path_factory.mktemp("open")
    data = OpenData(numbers, folder, lambda: ZoneInfo("UTC"), lambda: DESCRIPTION, lambda: now_ns)
    assert asyncio.run(data.prepare()) == ("2026-11",)
    return served(data, now_ns)


def served(data: OpenData | None, now_ns: int) -> FastAPI:
    app = Service().app
    app.state.hub = replace(app.state.hub, open_data=data, clock=lambda: now_ns)
    return app


async def _get(app: FastAPI, path: str, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}") as client:
        return await client.get(path, headers=headers)


def get(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    return asyncio.run(_get(app, path, headers))


@pytest.mark.parametrize("month", ["2026-11", "2026-12"])
def test_a_month_is_the_same_as_csv_and_parquet(service: FastAPI, month: str) -> None:
    measures = get(service, f"/open/{month}/measures.csv").text.splitlines()
    quality = get(service, f"/open/{month}/quality.csv").text.splitlines()
    parquet = pq.read_table(io.BytesIO(get(service, f"/open/{month}/counts.parquet").content))
    rows = NOVEMBER_QUARTERS * LINE.series if month == "2026-11" else 2 * 96 * LINE.series
    assert len(measures) == len(quality) == rows + 1
    assert parquet.num_rows == rows
    counts = [None if line.endswith(",") else int(line.rpartition(",")[2]) for line in measures[1:]]
    assert counts == parquet["count"].to_pylist()


@pytest.mark.parametrize("file", ["measures.csv", "counts.parquet"])
def test_what_a_browser_has_is_not_sent_again(service: FastAPI, file: str) -> None:
    first = get(service, f"/open/2026-11/{file}")
    assert "max-age=86400" in first.headers["cache-control"]
    again = get(service, f"/open/2026-11/{file}", **{"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert get(service, f"/open/2026-11/{file}", **{"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/open/en/", "text/html; charset=utf-8"),
        ("/open/sites.csv", "text/csv; charset=utf-8"),
        ("/open/channels.csv", "text/csv; charset=utf-8"),
        ("/open/sites.geojson", "application/geo+json"),
        ("/open/catalogue.jsonld", "application/ld+json"),
        ("/open/quality.tableschema.json", "application/json"),
        ("/open/en/counters/square-north-a1b2c3/2026-11-05", "text/html; charset=utf-8"),
    ],
)
def test_each_file_is_of_its_type(service: FastAPI, path: str, kind: str) -> None:
    answer = get(service, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "max-age" in answer.headers["cache-control"]


def test_every_address_of_the_catalogue_answers(service: FastAPI) -> None:
    dataset = get(service, "/open/catalogue.jsonld").json()["dcat:dataset"]
    addresses = [each["dcat:downloadURL"]["@id"] for each in dataset["dcat:distribution"]]
    assert len(addresses) == 9
    for address in addresses:
        assert get(service, address.removeprefix("https://count.example.org")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/open/2026-10/measures.csv", 404),
        ("/open/2026-13/measures.csv", 422),
        ("/open/..%2f..%2fetc/counts.parquet", 401),
    ],
)
def test_what_is_not_there_is_a_problem(service: FastAPI, path: str, status: int) -> None:
    assert get(service, path).status_code == status


def test_a_site_that_publishes_nothing_says_so() -> None:
    app = served(None, BEGAN_NS)
    for path in ("/open/", "/open/sites.csv", "/sensorthings/v1.1", "/ngsi-ld/v1/entities?type=ItemFlowObserved"):
        answer = get(app, path)
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["code"]) == (404, "nothing-published")
