"""The pages of public numbers over HTTP: languages, addresses, files, and who may show a chart."""

import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI

from passerby.publish.open_data.months import OpenData
from passerby.units import DAY_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers
from tests.unit.web.routes.public.test_open_files import get, served

COUNTER = "counters/square-north-a1b2c3"
DAYS = 33


@pytest.fixture(scope="module")
def numbers() -> SomePublishedNumbers:
    return SomePublishedNumbers((DAYS - 1) * 96, [LINE])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, numbers: SomePublishedNumbers) -> FastAPI:
    now_ns = BEGAN_NS + DAYS * DAY_S * NS_PER_S
    folder: Path = tmp_path_factory.mktemp("open")
    return served(OpenData(numbers, folder, lambda: ZoneInfo("UTC"), lambda: DESCRIPTION, lambda: now_ns), now_ns)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/open/", "/open/sr-Latn/"),
        (f"/open/en/{COUNTER}/", f"/open/en/{COUNTER}/2026-12-03?class=on-foot"),
        (f"/open/en/{COUNTER}/?day=2026-11-05&class=all", f"/open/en/{COUNTER}/2026-11-05?class=all"),
    ],
)
def test_short_addresses_lead_to_those_of_a_view(service: FastAPI, path: str, leads_to: str) -> None:
    answer = get(service, path, **{"accept-language": "sr-Latn, en;q=0.5"})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


def test_a_page_is_made_once_and_not_sent_again(service: FastAPI, numbers: SomePublishedNumbers) -> None:
    path = f"/open/en/{COUNTER}/2026-11-05?class=motor-vehicles"
    first = get(service, path)
    assert first.status_code == 200
    assert "max-age=300" in first.headers["cache-control"]
    asked = len(numbers.asked)
    assert get(service, path).content == first.content
    again = get(service, path, **{"if-none-match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert len(numbers.asked) == asked


@pytest.mark.parametrize(("period", "rows"), [("2026-11-05", 96 * 4), ("2026-W45", 7 * 96 * 4), ("2026", 32 * 4)])
def test_a_view_is_the_same_in_each_form(service: FastAPI, period: str, rows: int) -> None:
    answers = {form: get(service, f"/open/{COUNTER}/{period}/counts.{form}") for form in ("csv", "parquet", "json")}
    parquet = pq.read_table(io.BytesIO(answers["parquet"].content))
    assert parquet.num_rows == rows
    content = answers["json"].json()
    assert [row["count"] for row in content["rows"]] == parquet["count"].to_pylist()
    assert content["licence"]["id"] == "CC-BY-4.0"
    assert set(content["meanings"]) == set(content["rows"][0])
    table = arrow_csv.read_csv(io.BytesIO(answers["csv"].content))
    assert table["count"].to_pylist() == parquet["count"].to_pylist()
    for answer in answers.values():
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.headers["link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'


def test_only_a_chart_may_be_shown_by_pages_of_others(service: FastAPI) -> None:
    chart = get(service, f"/open/en/{COUNTER}/2026-11-05/embed")
    assert chart.status_code == 200
    policy = chart.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "x-frame-options" not in chart.headers
    assert "set-cookie" not in chart.headers
    for path in ("/open/en/", f"/open/en/{COUNTER}/2026-11-05", f"/open/{COUNTER}/2026/counts.json", "/register/"):
        other = get(service, path)
        assert "frame-ancestors 'none'" in other.headers["content-security-policy"]
        assert other.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/open/de/", 404),
        ("/open/en/counters/nowhere/2026", 404),
        (f"/open/en/{COUNTER}/2026-13-01", 422),
        (f"/open/en/{COUNTER}/9999", 422),
        (f"/open/en/{COUNTER}/2026?class=cars", 422),
        (f"/open/en/{COUNTER}/?day=0001-01-01", 422),
        (f"/open/{COUNTER}/2026/counts.xls", 422),
    ],
)
def test_what_is_not_there_is_a_problem(service: FastAPI, path: str, status: int) -> None:
    assert get(service, path).status_code == status


def test_a_class_that_is_not_counted_there_is_the_first_one(service: FastAPI) -> None:
    assert (
        get(service, f"/open/en/{COUNTER}/2026?class=bicycles").content
        == get(service, f"/open/en/{COUNTER}/2026").content
    )
