"""The tables of Etalab's schemas, read by Frictionless."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from passerby.publish.open_data.counts_table import counts_table
from passerby.publish.open_data.etalab import QUALITY_SCHEMA, channels_csv, measures_csv, quality_csv, sites_csv
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE, ZONE, quarter_hours

TABLE = counts_table(
    [*quarter_hours(LINE, 0, 20), *quarter_hours(ZONE, 0, 20)], {counter.id: counter for counter in COUNTERS}
)


@pytest.fixture(scope="module")
def frictionless() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of what it imports
        import frictionless

        yield frictionless


def faults(frictionless: Any, folder: Path, content: bytes, descriptor: dict[str, Any]) -> list[str]:
    file = folder / "table.csv"
    file.write_bytes(content)
    resource = frictionless.Resource(
        path=file.name, basepath=str(folder), schema=frictionless.Schema.from_descriptor(descriptor)
    )
    report = resource.validate()
    return [error.message for task in report.tasks for error in task.errors]


@pytest.mark.parametrize(
    ("schema", "content"),
    [
        ("site", sites_csv(DESCRIPTION, COUNTERS)),
        ("channel", channels_csv(DESCRIPTION, COUNTERS)),
        ("measure", measures_csv(TABLE)),
    ],
)
def test_frictionless_finds_no_fault(
    frictionless: Any, schemas: Path, tmp_path: Path, schema: str, content: bytes
) -> None:
    text = (schemas / f"etalab-comptage-{schema}.tableschema.json").read_text(encoding="utf-8")
    assert content.count(b"\n") > 1
    assert faults(frictionless, tmp_path, content, json.loads(text)) == []


def test_frictionless_would_find_one(frictionless: Any, schemas: Path, tmp_path: Path) -> None:
    text = (schemas / "etalab-comptage-channel.tableschema.json").read_text(encoding="utf-8")
    wrong = channels_csv(DESCRIPTION, COUNTERS).replace(b"VIDEO SENSOR", b"CAMERA")
    assert "VIDEO SENSOR" in "".join(faults(frictionless, tmp_path, wrong, json.loads(text)))


def test_the_table_of_quality_is_as_its_own_schema(frictionless: Any, tmp_path: Path) -> None:
    assert faults(frictionless, tmp_path, quality_csv(TABLE), QUALITY_SCHEMA) == []
    assert faults(frictionless, tmp_path, quality_csv(TABLE).replace(b"gap", b"lost"), QUALITY_SCHEMA)


def test_each_measure_has_its_row_of_quality() -> None:
    measures, quality = measures_csv(TABLE).decode().splitlines(), quality_csv(TABLE).decode().splitlines()
    assert measures[1] == (
        "square-north-a1b2c3-on-foot-forward,square-north-a1b2c3,2026-11-01T00:00:00Z,2026-11-01T00:15:00Z,10"
    )
    assert quality[1] == (
        "square-north-a1b2c3-on-foot-forward,2026-11-01T00:00:00Z,2026-11-01T00:15:00Z,published,0.98,4,16,prior,10"
    )
    assert len(measures) == len(quality) == TABLE.num_rows + 1
    for measure, its in zip(measures[1:], quality[1:], strict=True):
        assert measure.split(",")[0] == its.split(",")[0]
        assert (measure.split(",")[4] == "") == (its.split(",")[3] != "published")


def test_pages_of_a_table_make_one_file() -> None:
    pages = measures_csv(TABLE.slice(0, 7)) + measures_csv(TABLE.slice(7), header=False)
    assert pages == measures_csv(TABLE)
    assert quality_csv(TABLE.slice(0, 0)).count(b"\n") == 1


def test_a_counter_without_a_place_is_in_no_list() -> None:
    from dataclasses import replace

    lost = replace(LINE, camera="elsewhere")
    assert sites_csv(DESCRIPTION, [lost]).count(b"\n") == 1
    assert channels_csv(DESCRIPTION, [lost]).count(b"\n") == 1
