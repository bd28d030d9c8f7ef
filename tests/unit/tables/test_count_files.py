"""A count's own files are read back as they were written; anything else is refused with what, where, got and do."""

import json
from pathlib import Path

import pytest

from passerby.domain.counted_period import CountedPeriod
from passerby.domain.observations import Quantity
from passerby.tables.count_files import read_count
from passerby.tables.count_rows import CountFileError
from passerby.tables.counts_csv import counts_csv
from passerby.tables.counts_json import counts_document, counts_json
from passerby.tables.counts_parquet import counts_parquet
from testing.reports import market_square
from tests.unit.report.traffic.counted_days import EIGHT, LEFT_TURN, junction


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def flows(period: CountedPeriod) -> list[tuple[object, ...]]:
    rows = period.rows(Quantity.FLOW)
    return [(row.series, row.road_user, row.direction, row.start_ns, row.value, row.coverage) for row in rows]


def test_all_three_forms_hold_the_same_rows(tmp_path: Path) -> None:
    report = junction()
    forms = {"a.json": counts_json(report), "a.csv": counts_csv(report, bom=True), "a.parquet": counts_parquet(report)}
    periods = [read_count(written(tmp_path, name, content)) for name, content in forms.items()]
    of_json, of_csv, of_parquet = periods
    assert flows(of_json) == flows(of_csv) == flows(of_parquet)
    assert len(flows(of_json)) == sum(row.quantity is Quantity.FLOW for row in report.observations)
    assert [line.way_name("forward") for line in of_csv.lines] == [line.way_name("forward") for line in of_json.lines]
    assert of_json.movements == (LEFT_TURN,)
    assert of_json.lines[2].length_m == pytest.approx(6.0)
    assert of_json.distributions is not None and max(each.n for each in of_json.distributions.values()) == 410
    assert (of_csv.movements, of_csv.distributions) == (None, None)
    assert {period.start_s for period in periods} == {EIGHT}
    assert of_parquet.coverage == pytest.approx(0.9)


def test_without_a_time_intervals_are_numbered_from_nought(tmp_path: Path) -> None:
    period = read_count(written(tmp_path, "a.json", counts_json(junction(start_s=0))))
    assert not period.timed
    assert period.steps(900) == tuple(range(0, 9000, 900))
    assert [row.value for row in period.rows(Quantity.FLOW, "North arm", "forward") if row.road_user == 2] == [
        40, 60, 90, 70, 50, 30, 20, 20, None, 30,
    ]  # fmt: skip


def test_an_apostrophe_against_formulas_is_taken_off(tmp_path: Path) -> None:
    text = counts_csv(junction()).decode().replace("North arm", "'=North")
    assert read_count(written(tmp_path, "a.csv", text)).lines[0].name == "=North"


def changed(**keys: object) -> str:
    return json.dumps({**counts_document(market_square()), **keys})


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.json", "", "empty.json: it is empty."),
        ("blank.csv", " \n", "it is empty"),
        ("other.json", '{"events": []}', "it is JSON, but no count"),
        ("list.json", "[1]", "it is JSON, but no count"),
        ("cut.json", '{"schema_version": 2, "inter', "no whole JSON document"),
        ("newer.json", changed(schema_version=3), "schema_version: 2 can be read, got 3"),
        ("older.json", changed(schema_version=1), "got 1"),
        ("rowless.json", changed(intervals=[]), "it has no rows"),
        ("odd.json", changed(intervals=[{"camera": "a"}]), "row 1 is no row of a count, got no 'series'"),
        ("odd.json", changed(intervals={"a": 1}), "no whole count|no row of a count"),
        ("odd.json", changed(ways=3), "it is no whole count"),
        ("other.csv", "a,b\n1,2\n", "'camera' is missing, got a, b"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00", "neither JSON, CSV in UTF-8 nor Parquet"),
        ("cut.parquet", b"PAR1 and nothing else", "no whole Parquet file"),
    ],
)
def test_what_is_no_count_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, says: str
) -> None:
    with pytest.raises(CountFileError, match=says) as raised:
        read_count(written(tmp_path, name, content))
    assert str(raised.value).startswith(f"{name}: ")
    assert str(raised.value).endswith(".")


def test_rows_that_are_none_and_rows_of_two_cameras_are_refused(tmp_path: Path) -> None:
    text = counts_csv(junction(quarters=2)).decode()
    for old, new, says in (
        (",flow,", ",flood,", "row 1 is no row"),
        (",forward,", ",upward,", "got the direction 'upward'"),
        (",900,", ",-5,", "got the length -5"),
        ("T08:00:00+00:00", "T08:00:00", "without an offset"),
        (",40,40,1,", ",40,40,7,", "got the coverage 7"),
    ):
        with pytest.raises(CountFileError, match=says):
            read_count(written(tmp_path, "a.csv", text.replace(old, new)))
    head, first, *_ = text.splitlines(keepends=True)
    with pytest.raises(CountFileError, match="several cameras, got junction, other"):
        read_count(written(tmp_path, "a.csv", head + first + first.replace("junction", "other")))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CountFileError, match=r"no\.json: it cannot be read, got: No such file"):
        read_count(tmp_path / "no.json")
