"""Outputs that cannot be written: said, and nothing half-written stays."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.bad_input.command import PASSERBY, environment, left_in, passerby, refused

pytestmark = pytest.mark.slow

WRITERS = ("--json", "--csv", "--parquet", "--events", "--picture")


def no_room() -> None:
    """From here on no file may grow beyond 64 bytes: the same errors as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_leaves_the_old_file_and_no_half_one(writer: str, sound_video: Path, tmp_path: Path) -> None:
    out = named(writer)
    (tmp_path / out).write_text("from last week")
    said = passerby("count", sound_video, writer, out, *quiet(writer), folder=tmp_path, before=no_room)
    refused(said, out, "could not be written whole")
    assert "Watched" in said.out, "the numbers must not be lost with the disk"
    assert (tmp_path / out).read_text() == "from last week"
    assert left_in(tmp_path) == {out}


def named(writer: str) -> str:
    """A file's name; a picture's says its form."""
    return "out.png" if writer == "--picture" else "out"


def quiet(writer: str) -> tuple[str, ...]:
    """No default picture beside the one file that is looked at."""
    return () if writer == "--picture" else ("--no-picture",)


def test_one_output_that_fails_does_not_cost_the_others(sound_video: Path, tmp_path: Path) -> None:
    words = ("--no-picture", "--json", "/dev/full", "--csv", "counts.csv")
    said = passerby("count", sound_video, *words, folder=tmp_path)
    refused(said, "/dev/full")
    assert left_in(tmp_path) == {"counts.csv"}


def test_a_full_screen_is_said_and_the_file_is_written(sound_video: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PASSERBY, "count", str(sound_video), "--no-picture", "--json", "counts.json"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert "table could not be printed" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert left_in(tmp_path) == {"counts.json"}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_is_not_there_is_reported_before_the_work(writer: str, sound_video: Path, tmp_path: Path) -> None:
    said = passerby("count", sound_video, writer, f"nowhere/{named(writer)}", folder=tmp_path)
    refused(said, "nowhere/out", "no folder")
    assert "Watched" not in said.out
    assert not left_in(tmp_path)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_in_place_of_a_file_is_reported_before_the_work(
    writer: str, sound_video: Path, tmp_path: Path
) -> None:
    (tmp_path / named(writer)).mkdir()
    said = passerby("count", sound_video, writer, named(writer), folder=tmp_path)
    refused(said, "out", "a folder")
    assert "Watched" not in said.out
    assert not left_in(tmp_path / named(writer))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_reported_before_the_work(sound_video: Path, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    said = passerby("count", sound_video, "--json", "shut/out.json", folder=tmp_path)
    refused(said, "shut/out.json")
    assert "Watched" not in said.out


def test_a_file_system_that_takes_no_files_is_reported(sound_video: Path, tmp_path: Path) -> None:
    said = passerby("count", sound_video, "--no-picture", "--json", "/proc/counts.json", folder=tmp_path)
    refused(said, "/proc/counts.json")
