"""Commands in messages, as they are to be typed where they are read."""

import sys
from pathlib import Path

import pytest

from passerby.command_hints import CommandHints, hints_for, program


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment whose programs are not on the shell's path."""
    folder = tmp_path / "my env" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "passerby"):
        (folder / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder


def test_the_program_is_named_as_it_was_called(environment: Path) -> None:
    assert program(".venv/bin/passerby") == ".venv/bin/passerby"
    assert program("/usr/lib/python3/runpy.py") == f"'{environment / 'passerby'}'"
    assert program() == f"'{environment / 'passerby'}'"


def test_its_bare_name_is_enough_where_the_shell_finds_this_very_one(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "passerby"
    other.touch(mode=0o755)
    assert program("./passerby") == "./passerby"  # the shell would find another one
    other.unlink()
    other.symlink_to(environment / "passerby")
    assert program("./passerby") == "passerby"


def test_without_its_script_it_is_a_module(environment: Path) -> None:
    (environment / "passerby").unlink()
    assert program() == f"'{environment / 'python'}' -m passerby"


def test_only_commands_that_take_a_data_folder_get_it() -> None:
    hints = CommandHints("p", "s.yaml", "kept")
    assert hints.filled("`passerby users tie SITE.yaml NAME`, SITE.yaml") == (
        "`p users tie s.yaml --data kept NAME`, SITE.yaml"
    )
    assert hints.command("register draft SITE.yaml") == "p register draft s.yaml"
    assert hints_for(None, Path("a b")).command("status SITE.yaml").endswith("status SITE.yaml --data 'a b'")
