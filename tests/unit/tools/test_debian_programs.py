"""Programs out of Debian packages: with what the machine lacks, without root, once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tools"

APT_GET = """#!/bin/sh
echo "$@" >> "$FAKE_FOLDER/asked"
for last; do :; done
lists=$(echo "$*" | sed -n 's/.*Dir::State::lists=\\([^ ]*\\).*/\\1/p')
case "$*" in
*\\ update) touch "$lists/debian_Packages" ;;
*--simulate*)
    [ "$last" = nowhere ] && { echo "E: Unable to locate package nowhere" >&2; exit 100; }
    printf 'Inst libneeded (1.0 Debian [amd64])\\nInst %s (1.0 Debian [amd64])\\nConf %s (1.0)\\n' "$last" "$last" ;;
*\\ download\\ *)
    [ -e "$FAKE_FOLDER/broken" ] && { echo "E: Failed to fetch" >&2; exit 100; }
    for package in $(echo "$*" | sed 's/.* download //'); do echo "$package" > "$package.deb"; done ;;
esac
"""
DPKG_DEB = """#!/bin/sh
mkdir -p "$3/usr/bin" && cp "$2" "$3/usr/bin/$(cat "$2")"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with the tools and, beside it, a Debian of make-believe."""
    fake = tmp_path / "fake"
    fake.mkdir()
    for name, text in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)
    project = tmp_path / "project"
    shutil.copytree(TOOLS, project / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return project


def run(project: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    fake = project.parent / "fake"
    environment = os.environ | {"PATH": f"{fake}:/usr/bin:/bin", "FAKE_FOLDER": str(fake)}
    command = ["tools/debian_programs", "out", *packages]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_a_program_comes_with_what_it_needs_and_only_once(project: Path) -> None:
    outcome = run(project, "postgresql-15")
    assert outcome.returncode == 0, outcome.stderr
    assert sorted(path.name for path in (project / "out/usr/bin").iterdir()) == ["libneeded", "postgresql-15"]
    asked = (project.parent / "fake" / "asked").read_text()
    assert run(project, "postgresql-15").returncode == 0
    assert (project.parent / "fake" / "asked").read_text() == asked


def test_another_package_comes_besides(project: Path) -> None:
    assert run(project, "postgresql-15").returncode == 0
    assert run(project, "bubblewrap").returncode == 0
    assert (project / "out/usr/bin/bubblewrap").exists()


def test_a_package_that_there_is_not_is_reported(project: Path) -> None:
    outcome = run(project, "nowhere")
    assert outcome.returncode == 1
    assert "Unable to locate package nowhere" in outcome.stderr
    assert "Debian does not offer nowhere" in outcome.stderr


def test_what_broke_off_is_tried_anew(project: Path) -> None:
    broken = project.parent / "fake" / "broken"
    broken.touch()
    outcome = run(project, "postgresql-15")
    assert outcome.returncode == 1
    assert "could not be downloaded" in outcome.stderr
    broken.unlink()
    assert run(project, "postgresql-15").returncode == 0
    assert not list((project / "out").glob(".download*"))
