"""`passerby count`, as a user and as a program sees it."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pyarrow.parquet
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from passerby import __version__
from passerby.cli import app
from passerby.cli.recordings.count import picture_path
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.road_user import RoadUser
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.messages.sandbox_orders import HeaderPlan
from passerby.pipeline.recorded.header_job import read_headers
from passerby.report.pictures.count_picture import count_picture
from passerby.report.pictures.scene import Scene
from passerby.tables.counts_json import count_schema
from passerby.tables.crossings import COLUMNS
from testing.films import film

SITE = """
site: {name: Market square, time_zone: Europe/Berlin}
cameras:
  north:
    lines:
      door: {points: [[0.2, 0.1], [0.2, 0.9]], count: [pedestrian], forward: in, backward: out}
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command writes without being told where goes into the test's own folder.

    Headers are read in this process, for the sake of time; `test_headers.py` reads them in their sandbox.
    """
    monkeypatch.chdir(tmp_path)
    for user in ("passerby.cli.recordings.plans", "passerby.recordings.sequence"):
        monkeypatch.setattr(f"{user}.headers_in_sandbox", _headers_here)


def _headers_here(videos: Sequence[Path]) -> tuple[RecordingHeader, ...]:
    return read_headers(HeaderPlan(tuple(videos))).headers


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


@pytest.mark.slow
def test_without_a_place_two_lines_and_the_whole_picture_are_counted(street: Path) -> None:
    result = run("count", street, "--json", "counts.json")
    assert result.exit_code == 0, result.output
    document = json.loads(Path("counts.json").read_text())
    assert list(document["lines"]) == ["middle", "across"]
    assert list(document["zones"]) == ["picture"]
    assert list(document["lines"]["middle"]) == [user.label for user in RoadUser]
    assert document["ways"]["middle"] == {"forward": "to the left", "backward": "to the right"}
    assert document["camera"] == "street"


def test_the_json_keeps_to_its_schema(street: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert run("count", street, "--json", "counts.json").exit_code == 0
    document = json.loads(Path("counts.json").read_text())
    jsonschema.validate(document, count_schema())
    assert document["frames"] == 20
    assert document["coverage"] == pytest.approx(1.0, abs=0.02)


def test_every_form_of_result_is_written(street: Path) -> None:
    words = ("--json", "c.json", "--csv", "c.csv", "--parquet", "c.parquet", "--picture", "c.png", "--csv-bom")
    result = run("count", street, *words)
    assert result.exit_code == 0, result.output
    with Path("c.csv").open(newline="", encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    assert Path("c.csv").read_bytes().startswith(b"\xef\xbb\xbfseries_id,")
    assert rows
    assert pyarrow.parquet.read_table("c.parquet").num_rows == len(rows)
    with Image.open("c.png") as picture:
        assert min(picture.size) > 100
    for name in words[1:8:2]:
        assert f"Written: {name}" in result.stdout


def test_the_list_of_crossings_says_what_it_is_for(street: Path) -> None:
    result = run("count", street, "--events", "e.csv", "--no-picture")
    assert result.exit_code == 0, result.output
    assert Path("e.csv").read_text().splitlines() == [",".join(column.name for column in COLUMNS)]
    written, told = result.stdout.splitlines()[-2:]
    assert written == "Written: e.csv"
    assert told.startswith("e.csv has every crossing with its time: it is for an audit of this count alone.")
    assert "for an audit" not in run("count", street, "--csv", "c.csv", "--no-picture").stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--events", "e.json"), "crossings are written as .csv or .parquet, got .json"),
        (("--events", "gone/e.csv"), "there is no folder"),
        (("--events", "c.csv", "--csv", "c.csv"), "two outputs would be written to this file"),
        (("--events", "lines.csv", "--lines", "lines.csv"), "this file is read for the count"),
    ],
)
def test_a_list_that_cannot_be_written_is_refused_before_the_work(
    street: Path, words: tuple[str, ...], why: str
) -> None:
    Path("lines.csv").write_text("lines: {gate: {points: [[0.1, 0.5], [0.9, 0.5]]}}")
    fault = run("count", street, *words, "--no-picture").exception
    assert isinstance(fault, OutputError)
    assert why in str(fault)


def test_the_table_is_shown(street: Path) -> None:
    said = run("count", street).stdout
    assert "Watched 100 % of the time" in said
    assert "20 pictures looked at" in said


def test_no_picture_is_drawn_when_none_is_wanted(street: Path, tmp_path: Path) -> None:
    assert run("count", street, "--no-picture").exit_code == 0
    assert not list(tmp_path.iterdir())


def test_the_profile_says_where_the_time_went(street: Path) -> None:
    said = run("count", street, "--no-picture", "--profile").stdout
    for stage in ("decode", "scale", "detect", "track", "measure"):
        assert stage in said
    assert "ms a frame" in said


@pytest.mark.slow
def test_fewer_frames_when_asked(street: Path) -> None:
    run("count", street, "--fps", "5", "--json", "counts.json")
    document = json.loads(Path("counts.json").read_text())
    assert (document["frames_analysed"], document["analysed_fps"]) == (10, 5.0)


@pytest.mark.slow
def test_the_start_is_the_time_of_the_first_frame(street: Path) -> None:
    run("count", street, "--start", "2026-05-01T08:05:00+02:00", "--json", "counts.json")
    document = json.loads(Path("counts.json").read_text())
    assert document["start"].startswith("2026-05-01T06:05:00")
    assert document["intervals"][0]["start"].startswith("2026-05-01T06:00:00")


def test_a_start_that_is_not_known_is_no_year_1970(street: Path) -> None:
    words = ("--json", "c.json", "--csv", "c.csv", "--parquet", "c.parquet", "--no-picture")
    result = run("count", street, *words)
    assert result.exit_code == 0, result.output
    document = json.loads(Path("c.json").read_text())
    jsonschema.validate(document, count_schema())
    assert document["start"] is None
    assert {row["start"] for row in document["intervals"]} == {None}
    assert "when the recording began is not known" in " ".join(document["notes"])
    assert "Note: when the recording began is not known" in result.stdout
    with Path("c.csv").open(newline="", encoding="utf-8") as table:
        assert {row["start"] for row in csv.DictReader(table)} == {""}
    assert pyarrow.parquet.read_table("c.parquet").column("start").null_count == len(document["intervals"])
    assert "1970" not in result.stdout + Path("c.csv").read_text() + Path("c.json").read_text()


def test_a_camera_s_own_file_is_counted_at_the_time_in_its_name(street: Path, tmp_path: Path) -> None:
    shutil.copy(street, tmp_path / "20260501_080500.mp4")
    own = SITE.replace("    lines:", "    source: {file: 20260501_080500.mp4}\n    lines:")
    (tmp_path / "site.yaml").write_text(own)
    result = run("count", "--site", "site.yaml", "--json", "c.json", "--no-picture")
    assert result.exit_code == 0, result.output
    document = json.loads(Path("c.json").read_text())
    assert (document["source"], document["start"]) == ("20260501_080500.mp4", "2026-05-01T06:05:00Z")
    assert "2026-05-01 08:05:00 to 08:05:02 CEST" in result.stdout
    assert "that in its name, taken as Europe/Berlin" in result.stdout


def test_the_time_in_the_metadata_goes_before_that_in_the_name(tmp_path: Path) -> None:
    made = {"creation_time": "2026-05-01T06:05:00Z"}
    film(tmp_path / "20260501_1100.mp4", size_px=(160, 128), times_s=(0.0, 0.1, 0.2), metadata=made)
    (tmp_path / "site.yaml").write_text(SITE)
    result = run("count", "20260501_1100.mp4", "--site", "site.yaml", "--json", "c.json", "--picture", "c.svg")
    assert result.exit_code == 0, result.output
    document = json.loads(Path("c.json").read_text())
    assert document["start"] == "2026-05-01T06:05:00Z"
    assert "2026-05-01 08:05:00+02:00, is that in its metadata" in document["notes"][-1]
    assert "its name says 2026-05-01 11:00:00, so see which is right (--start)" in document["notes"][-1]


def test_a_folder_is_one_count_with_its_gaps(street: Path, tmp_path: Path) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    for name in ("20260501_082000.mp4", "20260501_080002.mp4", "20260501_080000.mp4"):
        shutil.copy(street, folder / name)
    (tmp_path / "site.yaml").write_text(SITE)
    words = ("--json", "c.json", "--csv", "c.csv", "--picture", "c.png")
    result = run("count", folder, "--site", "site.yaml", *words)
    assert result.exit_code == 3, result.output
    document = json.loads(Path("c.json").read_text())
    jsonschema.validate(document, count_schema())
    assert document["source"] == "20260501_080000.mp4 to 20260501_082000.mp4 (3 recordings)"
    assert (document["frames"], document["start"]) == (60, "2026-05-01T06:00:00Z")
    assert document["duration_s"] == pytest.approx(1202.0, abs=0.1)
    assert document["coverage"] == pytest.approx(6 / 1202, abs=1e-4)
    assert document["losses"] == [
        "Between 20260501_080002.mp4 and 20260501_082000.mp4 are 19 min 56 s that were not recorded."
    ]
    watched = {row["start"]: row["coverage"] for row in document["intervals"]}
    assert watched == pytest.approx({"2026-05-01T06:00:00Z": 4 / 900, "2026-05-01T06:15:00Z": 2 / 900}, abs=3e-4)


def test_several_without_a_site_are_named_after_the_first_in_time(street: Path, tmp_path: Path) -> None:
    for name in ("a_20260501_080002.mp4", "b_20260501_080000.mp4"):
        shutil.copy(street, tmp_path / name)
    words = ("a_20260501_080002.mp4", "b_20260501_080000.mp4", "--json", "c.json", "--no-picture")
    assert run("count", *words).exit_code == 0
    document = json.loads(Path("c.json").read_text())
    assert document["camera"] == "b_20260501_080000"
    assert document["source"].startswith("b_20260501_080000.mp4 to ")


def test_the_interval_of_the_tables(street: Path) -> None:
    words = ("--interval", "5", "--start", "2026-05-01T08:07:00Z", "--json", "c.json", "--no-picture")
    assert run("count", street, *words).exit_code == 0
    rows = json.loads(Path("c.json").read_text())["intervals"]
    assert {(row["start"], row["length_s"]) for row in rows} == {("2026-05-01T08:05:00Z", 300)}


@pytest.mark.parametrize("minutes", ["0", "-5", "7", "2880"])
def test_an_interval_that_does_not_divide_a_day_is_refused(street: Path, minutes: str) -> None:
    fault = run("count", street, "--interval", minutes).exception
    assert isinstance(fault, PasserbyError)
    assert "--interval: a number of minutes" in str(fault)


def test_a_start_cannot_be_that_of_several(street: Path, tmp_path: Path) -> None:
    other = shutil.copy(street, tmp_path / "20260501_080000.mp4")
    fault = run("count", street, other, "--start", "2026-05-01T08:00Z").exception
    assert "it says when one recording began, and there are 2" in str(fault)


def test_the_picture_names_the_site(street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str | None] = []

    def noted(*given: object, site: str | None, **others: object) -> Scene:
        drawn.append(site)
        return count_picture(*given, site=site, **others)  # type: ignore[arg-type] # handed on as they come

    monkeypatch.setattr("passerby.report.pictures.count_picture.count_picture", noted)
    (tmp_path / "site.yaml").write_text(SITE)
    assert run("count", street, "--site", "site.yaml", "--picture", "c.png").exit_code == 0
    assert drawn == ["Market square"]


@pytest.mark.parametrize("words", [(), ("--site", "site.yaml")])
def test_what_to_count_has_to_be_named(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    refused = run("count", *words)
    assert isinstance(refused.exception, PasserbyError)
    assert "which recording is to be read?" in str(refused.exception)


def test_who_closes_the_pipe_loses_no_file(street: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("passerby.cli.recordings.count.print_report", closed)
    run("count", street, "--json", "c.json", "--csv", "c.csv", "--picture", "c.png")
    assert json.loads(Path("c.json").read_text())["frames"] == 20
    assert Path("c.csv").stat().st_size > 0
    assert Path("c.png").stat().st_size > 0


def test_what_to_think_about_stands_beside_the_numbers(street: Path, tmp_path: Path) -> None:
    (tmp_path / "lines.yaml").write_text("lines: {a: {points: [[0.5, 0.2], [0.5, 0.8]], forward: in, backward: in}}")
    result = run("count", street, "--lines", "lines.yaml", "--start", "2026-05-01T08:00Z", "--json", "c.json")
    assert json.loads(Path("c.json").read_text())["notes"] == [
        "line a: both ways are called in; its two counts cannot be distinguished"
    ]
    assert "Note: line a: both ways are called in" in result.stdout


def test_all_of_a_recording_that_lost_nothing_is_watched(tmp_path: Path) -> None:
    """Its length is no whole number of looks: 20 pictures at 12 a second, looked at 10 times a second."""
    odd = film(tmp_path / "odd.mp4", size_px=(160, 128), times_s=[number / 12 for number in range(20)])
    run("count", odd, "--json", "c.json", "--no-picture")
    document = json.loads(Path("c.json").read_text())
    assert (document["coverage"], document["losses"]) == (1.0, [])


@pytest.mark.parametrize(
    ("zone", "report_s", "start", "starts"),
    [
        pytest.param("Asia/Kolkata", 3600, "2026-03-29T10:29:59+05:30", ["10:00:00+05:30"], marks=pytest.mark.slow),
        ("Asia/Kolkata", 3600, "2026-03-29T10:59:59+05:30", ["10:00:00+05:30", "11:00:00+05:30"]),
        pytest.param(
            "Asia/Kathmandu",
            3600,
            "2026-03-29T10:59:59+05:45",
            ["10:00:00+05:45", "11:00:00+05:45"],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "Asia/Kolkata",
            5400,
            "2026-03-29T10:29:59+05:30",
            ["09:00:00+05:30", "10:30:00+05:30"],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "Europe/Berlin",
            86_400,
            "2026-07-10T23:59:59+02:00",
            ["00:00:00+02:00", "00:00:00+02:00"],
            marks=pytest.mark.slow,
        ),
        ("Europe/Berlin", 3600, "2026-10-25T02:59:59+02:00", ["02:00:00+02:00", "02:00:00+01:00"]),
        ("Australia/Lord_Howe", 3600, "2026-04-05T01:59:59+11:00", ["01:00:00+11:00"]),
    ],
)
def test_intervals_begin_by_the_site_s_clock(
    street: Path, zone: str, report_s: int, start: str, starts: list[str]
) -> None:
    site = SITE.replace("Europe/Berlin", zone) + f"intervals: {{report_s: {report_s}}}\n"
    Path("site.yaml").write_text(site)
    result = run("count", street, "--site", "site.yaml", "--csv", "o.csv", "--no-picture", "--start", start)
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(Path("o.csv").read_text(encoding="utf-8-sig").splitlines()))
    found = dict.fromkeys(row["start"] for row in rows)
    assert [moment.partition("T")[2] for moment in found] == starts


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"])
def test_a_start_that_no_clock_shows_is_refused(street: Path, start: str) -> None:
    assert "between 1900 and 2200" in str(run("count", street, "--start", start).exception)


@pytest.mark.slow
def test_a_sites_only_camera_need_not_be_named(street: Path) -> None:
    Path("site.yaml").write_text(SITE)
    result = run("count", street, "--site", "site.yaml", "--json", "counts.json")
    assert result.exit_code == 0, result.output
    document = json.loads(Path("counts.json").read_text())
    assert document["camera"] == "north"
    assert document["lines"] == {"door": {"pedestrian": {"forward": 0, "backward": 0}}}
    assert document["ways"] == {"door": {"forward": "in", "backward": "out"}}


@pytest.mark.slow
def test_a_file_of_lines_alone(street: Path) -> None:
    Path("lines.yaml").write_text("lines:\n  gate: {points: [[0.1, 0.5], [0.9, 0.5]]}\n")
    assert run("count", street, "--lines", "lines.yaml", "--json", "counts.json").exit_code == 0
    document = json.loads(Path("counts.json").read_text())
    assert list(document["lines"]) == ["gate"]
    assert document["zones"] == {}


def test_the_version() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout.strip()) == (0, f"passerby {__version__}")


def test_help_names_every_command() -> None:
    said = run("--help").stdout
    for command in ("count", "check", "models"):
        assert command in said


def test_a_picture_without_a_name_stands_beside_the_json_or_in_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    assert picture_path(Path("films/gate.mp4"), Path("out/c.json")) == Path("out/gate.counts.png")
    assert not (tmp_path / "build").exists()
    assert picture_path(Path("films/gate.mp4"), None) == Path("build/gate.counts.png")
    assert (tmp_path / "build").is_dir()


def test_a_build_folder_that_cannot_be_made_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").write_text("a file")
    with pytest.raises(OutputError, match="--picture"):
        picture_path(Path("gate.mp4"), None)
