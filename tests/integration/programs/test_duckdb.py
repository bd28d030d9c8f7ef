"""The statements of the how-to for DuckDB, read out of its page, on files as they are served."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from passerby.publish.open_data.months import OpenData
from passerby.units import DAY_S, NS_PER_S
from testing.source_tree import ROOT
from tests.integration.programs.served import blocks
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers, quarter_hours
from tests.unit.web.routes.public.test_open_files import NOVEMBER_QUARTERS, get, served

PAGE = (ROOT / "docs" / "how-to" / "add-up-open-data-with-duckdb.md").read_text(encoding="utf-8")
STATEMENTS = blocks(PAGE, "sql")
TAKEN = [line.rpartition(" ")[2] for block in blocks(PAGE, "sh") for line in block.splitlines()]
ZONE = ZoneInfo("UTC")
HOST = "https://count.example.org"


@contextmanager
def within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[Any, ...]]]:
    """What each statement answers, in the order of the page."""
    now_ns = BEGAN_NS + 33 * DAY_S * NS_PER_S
    folder = tmp_path_factory.mktemp("taken")
    numbers = SomePublishedNumbers(32 * 96, [LINE])
    data = OpenData(numbers, tmp_path_factory.mktemp("open"), lambda: ZONE, lambda: DESCRIPTION, lambda: now_ns)
    asyncio.run(data.prepare())
    app = served(data, now_ns)
    for address in TAKEN:
        answer = get(app, address.removeprefix(HOST))
        assert answer.status_code == 200, address
        (folder / address.rpartition("/")[2]).write_bytes(answer.content)
    with within(folder), duckdb.connect() as database:
        found = [database.execute(statement).fetchall() for statement in STATEMENTS]
        assert (folder / "days.csv").read_text().startswith("day,place,class_group,counted,coverage\n2026-11-01,")
    return found


def test_the_page_has_the_files_that_it_asks(answers: list[list[tuple[Any, ...]]]) -> None:
    assert all(address.startswith(f"{HOST}/open/") for address in TAKEN)
    assert len(answers) == len(STATEMENTS) == 7
    assert dict(answers[0])["licence"] == "CC-BY-4.0"


def test_what_it_adds_up_is_what_was_published(answers: list[list[tuple[Any, ...]]]) -> None:
    bins = quarter_hours(LINE, 0, NOVEMBER_QUARTERS)
    statuses = {one.status.value for one in bins}
    assert {status: (rows, known) for status, rows, known in answers[1]} == {
        status: (
            sum(one.status.value == status for one in bins),
            sum(one.status.value == status and one.value is not None for one in bins),
        )
        for status in statuses
    }
    counted = {(group, way): total for _, group, way, total, _ in answers[2]}
    assert counted == {
        (group.value, name): sum(one.value or 0 for one in bins if (one.group, one.way) == (group, way))
        for group in LINE.groups
        for way, name in zip(LINE.ways, LINE.way_names, strict=True)
    }
    assert len(answers[3]) == 24
    assert len(answers[4]) == 10
    assert {round(2.8 * known**0.5) for *_, known in [(len([one for one in bins if one.value is not None]) / 4,)]} == {
        round(noise) for *_, noise in answers[5]
    }
