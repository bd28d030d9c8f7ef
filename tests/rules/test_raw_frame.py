"""Raw pixels stay where they are: no way of copying, saving, sending or printing a raw frame works."""

import ast
import copy
import io
import json
import multiprocessing
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import RawFrame

SOURCE = Path(__file__).resolve().parents[2] / "src" / "passerby"


@pytest.fixture
def raw() -> RawFrame:
    random = np.random.default_rng(7)
    luma = random.integers(0, 255, (48, 64), np.uint8)
    return RawFrame(FrameStamp("square", 0, 0, 0.0, (64, 48)), luma, luma[::2, ::2].copy(), luma[::2, ::2].copy())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_raises(raw: RawFrame, protocol: int) -> None:
    with pytest.raises(TypeError, match="raw frame"):
        pickle.dumps(raw, protocol)


def test_it_cannot_go_to_another_process(raw: RawFrame) -> None:
    near, far = multiprocessing.Pipe()
    with near, far, pytest.raises(TypeError, match="raw frame"):
        near.send(raw)


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy])
def test_copying_raises(raw: RawFrame, copier) -> None:
    with pytest.raises(TypeError, match="raw frame"):
        copier(raw)


@pytest.mark.parametrize("saver", [np.save, np.savez, np.savez_compressed])
def test_saving_raises(raw: RawFrame, saver) -> None:
    with pytest.raises(TypeError, match="raw frame"):
        saver(io.BytesIO(), raw)


def test_it_is_no_json(raw: RawFrame) -> None:
    with pytest.raises(TypeError):
        json.dumps(raw)


def test_its_text_is_its_stamp(raw: RawFrame) -> None:
    for text in (repr(raw), str(raw), f"{raw}"):
        assert text == f"RawFrame({raw.stamp!r})"


def test_only_ingest_imports_it() -> None:
    outside = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] != "ingest"
        and re.search(r"ingest\.raw\b|from passerby\.ingest import raw\b|\bRawFrame\b", path.read_text())
    ]
    assert not outside


def test_audio_is_never_opened() -> None:
    reading = 0
    for path in (SOURCE / "ingest").rglob("*.py"):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "av.open" and "'w'" not in ast.unparse(node):
                assert "allowed_media_types" in text, path
                reading += 1
    assert reading > 0


def test_nothing_in_ingest_but_the_film_writer_and_the_model_store_writes_files() -> None:
    """Looks for the calls that write; whoever needs one more has to say so here."""
    writing = re.compile(
        r"imwrite|VideoWriter|np\.save|\.tofile|write_bytes|write_text|to_image\(\)|"
        r"open\([^)]*[\"'][wax]b?\+?[\"']|memmap|shared_memory"
    )
    allowed = {"anonymise/film_writer.py", "detectors/download.py"}
    folder = SOURCE / "ingest"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if writing.search(path.read_text())}
    assert found <= allowed


def test_breaking_the_import_contract_fails_the_build(tmp_path: Path) -> None:
    """The contract that keeps `ingest.raw` inside ingest, over a package in which web breaks it."""
    package = tmp_path / "passerby"
    for room, text in (("ingest", "raw"), ("web", "view")):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
        (package / room / f"{text}.py").write_text("" if room == "ingest" else "from passerby.ingest import raw\n")
    (package / "__init__.py").write_text("")
    contract = (
        "[tool.importlinter]\nroot_package = 'passerby'\n[[tool.importlinter.contracts]]\nname = 'raw'\n"
        "type = 'protected'\nprotected_modules = ['passerby.ingest.raw']\nallowed_importers = ['passerby.ingest']\n"
    )
    (tmp_path / "pyproject.toml").write_text(contract)
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    run = subprocess.run(
        [*command, "--config", "pyproject.toml", "--no-cache"],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "web.view" in run.stdout
    (package / "web" / "view.py").write_text("")
    run = subprocess.run(
        [*command, "--config", "pyproject.toml", "--no-cache"],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
