"""The Makefile's verbs are there, and its help names them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from testing.source_tree import ROOT
from tests.conftest import LONGEST, in_order

VERBS = ("setup", "demo", "count", "check", "test", "package", "mutants", "bench", "docs", "pictures", "lock", "clean")


def make(*arguments: str, **variables: str) -> str:
    """What make says, or would do with `-n`; the CI's own variable is left out."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "MAKEFLAGS", "SLOW")}
    done = subprocess.run(["make", *arguments], cwd=ROOT, env=inherited | variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_verb_is_there_and_in_the_help(verb: str) -> None:
    assert make("-n", verb) is not None
    assert re.search(rf"\b{verb}\b", make("help"))


def test_slow_tests_run_in_the_ci_and_when_asked_for() -> None:
    assert "--slow" not in make("-n", "test")
    assert "--slow" in make("-n", "test", CI="true")
    assert "--slow" in make("-n", "test", "SLOW=1")


def test_count_takes_a_video_and_a_site_file() -> None:
    asked = make("-n", "count", "VIDEO=my street.mp4", "SITE=my.yaml")
    assert 'passerby count "my street.mp4" --site "my.yaml"' in asked
    assert "demo_video" not in asked
    assert "tools/demo_video build/demo" in make("-n", "count")


def test_demo_runs_the_service_for_as_long_as_asked() -> None:
    assert "tools/demo_video build/demo" in make("-n", "demo")
    assert "-m tools.demo build/demo/vtest.avi examples/demo.site.yaml" in make("-n", "demo")
    assert "--for 30" in make("-n", "demo", "FOR=30")


def test_ci_runs_the_same_verbs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    # What takes long is handed out first only where the order of tests/conftest.py is kept.
    assert "--no-loadscope-reorder" in make("-n", "test")


@pytest.mark.parametrize(("fails", "code"), [("nothing", 0), ("setup", 2), ("check", 1), ("package", 1), ("test", 1)])
def test_the_ci_fails_where_any_of_its_verbs_does(tmp_path: Path, fails: str, code: int) -> None:
    (tmp_path / ".ci").mkdir()
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    begin, end = script.index("needed=("), script.index("make --jobs")
    (tmp_path / ".ci" / "run").write_text(script[:begin] + script[end:], "utf-8")
    verbs = "\n".join(
        f"{verb}:\n\t@echo said by {verb}; [ {verb} != {fails} ]" for verb in ("setup", "check", "package", "test")
    )
    (tmp_path / "Makefile").write_text(verbs + "\n", "utf-8")
    ended = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == code
    assert f"said by {'setup' if fails == 'nothing' else fails}\n" in ended.stdout
    assert ("said by test\n" in ended.stdout) == (fails != "setup")


def test_the_longest_files_begin_first_and_each_file_once() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    files = sorted(path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    ordered = in_order(files)
    assert ordered[: len(LONGEST)] == [*LONGEST]
    assert sorted(ordered) == files
    assert not ordered[-1].startswith(("browser", "golden", "integration"))
