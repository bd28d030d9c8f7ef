"""A file out of a Debian package: without root, with empty package lists, and with plain words when it fails."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tools"
PATH_IN_PACKAGE = "./usr/share/doc/opencv-doc/examples/data/vtest.avi"

APT_GET = """#!/bin/sh
echo "$@" >> "$FAKE_FOLDER/asked"
for verb; do :; done
case "$*" in
*update) touch "$FAKE_FOLDER/updated" ;;
*download*)
    [ -e "$FAKE_FOLDER/has_lists" ] || [ -e "$FAKE_FOLDER/updated" ] || { echo "E: Unable to locate $verb"; exit 100; }
    [ -e "$FAKE_FOLDER/package.tar" ] || { echo "E: Failed to fetch"; exit 100; }
    cp "$FAKE_FOLDER/package.tar" "./${verb}_1.0_all.deb" ;;
esac
"""
DPKG_DEB = """#!/bin/sh
cat "$2"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with the tools and, beside it, a Debian of make-believe whose package holds a small file."""
    fake = tmp_path / "fake"
    fake.mkdir()
    for name, text in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)
    (fake / "content").write_bytes(b"not the recording")
    with tarfile.open(fake / "package.tar", "w") as package:
        package.add(fake / "content", PATH_IN_PACKAGE)
    project = tmp_path / "project"
    shutil.copytree(TOOLS, project / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return project


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    fake = project.parent / "fake"
    environment = os.environ | {"PATH": f"{fake}:/usr/bin:/bin", "FAKE_FOLDER": str(fake)}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_file_comes_out_of_the_package_and_nothing_else_stays(project: Path) -> None:
    (project.parent / "fake" / "has_lists").touch()
    outcome = run(project, "tools/debian_file", "opencv-doc", "./usr/*/vtest.avi", "out")
    assert outcome.returncode == 0, outcome.stderr
    assert [path.name for path in (project / "out").iterdir()] == ["vtest.avi"]
    assert (project / "out" / "vtest.avi").read_bytes() == b"not the recording"
    assert not (project.parent / "fake" / "updated").exists()


def test_lists_of_our_own_are_fetched_where_the_system_has_none(project: Path) -> None:
    outcome = run(project, "tools/debian_file", "opencv-doc", PATH_IN_PACKAGE, "out")
    assert outcome.returncode == 0, outcome.stderr
    assert (project / "out" / "vtest.avi").exists()
    asked = (project.parent / "fake" / "asked").read_text(encoding="utf-8")
    assert f"Dir::State::lists={project}/build/apt/lists" in asked


def test_failed_download_says_so_and_leaves_nothing(project: Path) -> None:
    (project.parent / "fake" / "package.tar").unlink()
    outcome = run(project, "tools/debian_file", "opencv-doc", PATH_IN_PACKAGE, "out")
    assert outcome.returncode == 1
    assert "opencv-doc could not be downloaded" in outcome.stderr
    assert list((project / "out").iterdir()) == []


def test_missing_file_says_so(project: Path) -> None:
    outcome = run(project, "tools/debian_file", "opencv-doc", "./usr/share/elsewhere.avi", "out")
    assert outcome.returncode == 1
    assert "holds no ./usr/share/elsewhere.avi" in outcome.stderr
    assert list((project / "out").iterdir()) == []


def test_demo_refuses_a_recording_that_is_not_the_one_meant(project: Path) -> None:
    outcome = run(project, "tools/demo_video", "build/demo")
    assert outcome.returncode == 1
    assert "sha256 wanted 45cddc94" in outcome.stderr
    assert "make count VIDEO=path" in outcome.stderr
    assert not (project / "build/demo/vtest.avi").exists()


@pytest.mark.parametrize("script", ["debian_file", "demo_video", "make_venv", "lock"])
def test_scripts_are_plain_shell(script: str) -> None:
    path = TOOLS / script
    assert os.access(path, os.X_OK)
    assert subprocess.run(["sh", "-n", path]).returncode == 0


def test_wrong_python_is_refused_with_what_to_do(project: Path) -> None:
    outcome = run(project, "tools/make_venv", "venv", "no-such-python")
    assert outcome.returncode == 1
    assert "Python 3.11 or 3.12 is needed" in outcome.stderr
    assert not (project / "venv").exists()
