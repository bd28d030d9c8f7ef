"""The example client, exactly as it is, against the real application."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from passerby.domain.access import Permission, Role
from passerby.domain.road_user import RoadUser
from testing.source_tree import ROOT
from testing.web.fakes import MIDNIGHT_S, observation
from tests.integration.programs.served import Programs, blocks, service_for_programs

duckdb = pytest.importorskip("duckdb", reason="the example reads Parquet with duckdb, which is not installed")

EXAMPLE = ROOT / "examples" / "read_counts.py"
PAGE = ROOT / "docs" / "how-to" / "read-counts-with-python.md"
DAY = ("--start", "2026-09-28", "--end", "2026-09-29")
READING = (Permission.SEE_COUNTS, Permission.EXPORT_COUNTS)


def example() -> ModuleType:
    found = importlib.util.spec_from_file_location("read_counts", EXAMPLE)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@asynccontextmanager
async def service(folder: Path, monkeypatch: pytest.MonkeyPatch, *scopes: Permission) -> AsyncIterator[Programs]:
    """Three hours of pedestrians and bicycles, of the second hour only a half watched; and the token for it."""
    rows = [
        observation(MIDNIGHT_S + 60 * minute, 1.0 + minute // 60, road_user=user, direction=way,
                    coverage=0.5 if minute // 60 == 1 else 1.0)
        for minute in range(180)
        for user in (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)
        for way in ("forward", "backward")
    ]  # fmt: skip
    async with service_for_programs(folder, rows) as programs:
        monkeypatch.setenv("PASSERBY_TOKEN", await programs.token(Role.ANALYST, *(scopes or READING)))
        yield programs


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, *words: str) -> int:
    """Runs the example in a thread, beside the server."""

    async def scene() -> int:
        async with service(folder, monkeypatch) as programs:
            code: int = await asyncio.to_thread(module.main, [programs.address, *words])
            return code

    return asyncio.run(scene())


def test_pages_are_shown_as_one_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = example()
    monkeypatch.setattr(module, "ROWS_A_PAGE", 5)
    assert run(tmp_path, monkeypatch, module, *DAY, "--bin", "hour") == 0
    head, *body = capsys.readouterr().out.splitlines()
    assert head.split() == ["start", "camera", "line", "class", "way", "crossings", "watched", "note"]
    assert len(body) == len(set(body)) == 12
    lines = [line for line in body if "pedestrian" in line and line.startswith("2026-09-28T01:00:00+02:00")]
    assert sorted(line.split()[-3:] for line in lines) == [["in", "120", "50%"], ["out", "120", "50%"]]


def test_a_camera_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, example(), *DAY, "--camera", "gate") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_parquet_is_saved_and_asked_with_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "day.parquet"
    assert run(tmp_path, monkeypatch, example(), *DAY, "--parquet", str(table)) == 0
    assert [each.name for each in tmp_path.glob("day*")] == ["day.parquet"]
    _, *body = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[-5:] for line in body) == [
        [user, way, "360", "180", "2.5"] for user in ("bicycle", "pedestrian") for way in ("in", "out")
    ]


def test_what_the_service_refuses_is_said_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, example(), *DAY, "--bin", "fortnight") == 1
    said = capsys.readouterr().err
    assert said.startswith("422 bad-value: ")
    assert "query.bin: one of minute, quarter, hour, day is needed, got fortnight" in said
    assert "Traceback" not in said


def test_a_token_without_the_export_gets_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene() -> int:
        async with service(tmp_path, monkeypatch, Permission.SEE_COUNTS) as programs:
            words = [programs.address, *DAY, "--parquet", str(tmp_path / "day.parquet")]
            code: int = await asyncio.to_thread(example().main, words)
            return code

    assert asyncio.run(scene()) == 1
    assert capsys.readouterr().err.startswith("403 not-permitted: ")
    assert list(tmp_path.glob("day*")) == []


def test_it_asks_again_where_the_service_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    module, waits = example(), list[int]()
    monkeypatch.setattr(module.time, "sleep", waits.append)
    problem = {"status": 503, "code": "store-unavailable", "detail": "Away.", "do": "Ask again.", "faults": []}
    away = httpx.Response(503, json=problem, headers={"Retry-After": "5", "Content-Type": module.PROBLEM})
    found = httpx.Response(200, json={"rows": [], "after": None})
    for answers, tries in (([away, found], 1), ([away, away, found], 2)):
        with httpx.Client(base_url="http://x", transport=httpx.MockTransport(lambda _, a=answers: a.pop(0))) as client:
            assert list(module.rows(client, {})) == []
        assert waits == [5] * tries
        waits.clear()
    transport = httpx.MockTransport(lambda _: away)
    with (
        httpx.Client(base_url="http://x", transport=transport) as client,
        pytest.raises(module.ProblemError, match=r"503 store-unavailable: Away\. Ask again\."),
    ):
        list(module.rows(client, {}))
    assert waits == [5, 5]


@pytest.mark.slow
def test_it_runs_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the how-to's shell blocks that runs the example, word by word."""
    text = PAGE.read_text(encoding="utf-8").replace("\\\n", " ")
    commands = [line.split() for line in text.splitlines() if line.startswith("python read_counts.py ")]
    assert len(commands) >= 2

    async def scene() -> None:
        async with service(tmp_path, monkeypatch) as programs:
            for _, _, address, *words in commands:
                assert address == "https://count.example.org"
                done = await asyncio.to_thread(
                    subprocess.run, [sys.executable, str(EXAMPLE), programs.address, *words],
                    cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert (done.returncode, done.stderr) == (0, ""), words
                assert "west gate" in done.stdout
        assert set(blocks(text, "text")[0].splitlines()) < set(done.stdout.splitlines())

    asyncio.run(scene())
    (query,) = blocks(text, "sql")
    with duckdb.connect() as database:
        found = database.execute(query.replace("september.parquet", str(tmp_path / "september.parquet"))).fetchall()
    # In Belgrade's time as in Berlin's; of the hour of which a half was watched it says nothing.
    assert found == [(2, 180.0), (0, 60.0)]


def test_the_token_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("PASSERBY_TOKEN", raising=False)
    assert example().main(["http://127.0.0.1:1"]) == 1
    assert "passerby tokens create" in capsys.readouterr().err
