"""An installation without extras: commands about recordings run, the others name the extra that they need."""

import subprocess
import sys
from pathlib import Path

import pytest

from passerby.admin.extras import EXTRAS

BLOCKED = [module for modules in EXTRAS.values() for module in modules]
PROGRAM = """
import sys
from importlib.abc import MetaPathFinder

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

blocked = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Blocked())
from passerby.cli import main
main()
"""
SITE = "cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password: canary}}}\n"


def ran(*words: str | Path, blocked: list[str] = BLOCKED) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PROGRAM, ",".join(blocked), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE + f"data: {tmp_path}\n")
    (tmp_path / "passerby.sqlite").touch()
    return path


@pytest.mark.parametrize("words", [("--version",), ("count", "--help"), ("models", "list", "--json"), ("--help",)])
def test_recordings_need_no_extra(words: tuple[str, ...]) -> None:
    done = ran(*words)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_site_file_is_checked_without_extras(site: Path) -> None:
    done = ran("check", site)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("run", "SITE"),
        ("backup", "SITE", "--out", "OUT"),
        ("retention", "check", "SITE"),
        ("audit", "verify", "SITE"),
        ("users", "list", "SITE"),
        ("tokens", "list", "SITE"),
        ("register", "export", "SITE", "OUT"),
        ("cameras", "probe", "127.0.0.1:1"),
        ("cameras", "discover", "--timeout", "0.5"),
    ],
)
def test_a_service_names_the_extra_that_it_needs(words: tuple[str, ...], site: Path, tmp_path: Path) -> None:
    places = {"SITE": site, "OUT": tmp_path / "out"}
    done = ran(*(places.get(word, word) for word in words))
    assert done.returncode == 1
    assert "needed to run" in done.stderr if words[0] == "run" else "this command needs it" in done.stderr
    assert "pip install 'passerby[service]'" in done.stderr


def test_the_doctor_names_what_a_site_lacks(site: Path) -> None:
    done = ran("doctor", site)
    assert done.returncode == 1
    assert "pip install 'passerby[service]'" in done.stdout
    assert "passerby[postgresql]" not in done.stdout
    assert "database:" not in done.stdout


def test_a_store_in_a_file_needs_no_postgresql(site: Path) -> None:
    done = ran("retention", "check", site, blocked=["asyncpg"])
    assert done.returncode == 0, done.stderr


def test_postgresql_has_an_extra_of_its_own(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write_text(site.read_text() + "store: {url_from: STORE}\n")
    monkeypatch.setenv("STORE", "postgresql://u:canary@127.0.0.1:1/d")
    done = ran("doctor", site, blocked=["asyncpg"])
    assert done.returncode == 1
    assert "pip install 'passerby[postgresql]'" in done.stdout
    assert "passerby[service]" not in done.stdout
    assert "canary" not in done.stdout


def test_another_missing_module_is_a_bug() -> None:
    done = ran("check", "x.yaml", blocked=["passerby.config.check"])
    assert "passerby[" not in done.stderr
