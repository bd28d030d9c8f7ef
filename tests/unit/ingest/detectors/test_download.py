"""Importing and fetching models: the right file or nothing."""

import hashlib
import io
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.errors import ModelError
from passerby.ingest.detectors import download
from passerby.ingest.detectors.download import download_model_file, import_model_file
from passerby.ingest.detectors.registry import FileState, KnownModel, known_model

CONTENT = b"weights " * 100_000


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    known = replace(known_model("yolox-tiny"), file="small.onnx", sha256=hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(download, "known_models", lambda: (known_model("nanodet-g"), known))
    return known


class Answer(io.BytesIO):
    def __init__(self, content: bytes, *, length: bool = True, fault: OSError | None = None) -> None:
        super().__init__(content)
        self.headers = Message()
        self.fault = fault
        if length:
            self.headers["Content-Length"] = str(len(content))

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if self.fault and not chunk:
            raise self.fault
        return chunk


Serve = Callable[[Any], None]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    def serve(answer: Answer | Exception) -> None:
        def urlopen(_url: str, timeout: float) -> Answer:
            assert timeout > 0
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(urllib.request, "urlopen", urlopen)

    return serve


def test_imports_a_file_by_what_it_is_not_by_its_name(tmp_path: Path, model: KnownModel) -> None:
    brought = tmp_path / "whatever.bin"
    brought.write_bytes(CONTENT)
    found = import_model_file(brought, tmp_path / "models")
    assert (found.model, found.state) == (model, FileState.READY)
    assert (tmp_path / "models" / "small.onnx").read_bytes() == CONTENT


def test_refuses_an_unknown_file_and_a_missing_one(tmp_path: Path, model: KnownModel) -> None:
    brought = tmp_path / "cut.onnx"
    brought.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelError, match=r"cut\.onnx: not a model that passerby knows: sha256 [0-9a-f]{64}"):
        import_model_file(brought, tmp_path / "models")
    with pytest.raises(ModelError, match="no such file"):
        import_model_file(tmp_path / "none.onnx")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("length", [True, False])
def test_fetches_and_tells_how_far_it_is(tmp_path: Path, model: KnownModel, serve: Serve, length: bool) -> None:
    serve(Answer(CONTENT, length=length))
    reports: list[tuple[int, int | None]] = []
    found = download_model_file(model, lambda got, total: reports.append((got, total)), tmp_path)
    assert found.state is FileState.READY
    assert reports[-1] == (len(CONTENT), len(CONTENT) if length else None)
    assert len(reports) > 1
    serve(AssertionError("a file that is there is not fetched again"))
    assert download_model_file(model, None, tmp_path).state is FileState.READY


def test_throws_another_file_away_and_keeps_the_old_one(tmp_path: Path, model: KnownModel, serve: Serve) -> None:
    (tmp_path / "small.onnx").write_bytes(b"older")
    serve(Answer(b"evil"))
    with pytest.raises(ModelError, match="sent another file than the manifest names"):
        download_model_file(model, None, tmp_path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("small.onnx", b"older")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (urllib.error.URLError(OSError(-2, "Name or service not known")), "Name or service not known.*internet access"),
        (TimeoutError("timed out"), "timed out.*internet access"),
        (Answer(CONTENT, fault=ConnectionResetError("reset by peer")), "reset by peer.*internet access"),
        (urllib.error.HTTPError("u", 404, "Not Found", Message(), None), "answered 404 Not Found.*moved"),
    ],
    ids=["no name", "silence", "broken off", "gone"],
)
def test_explains_a_network_that_fails(tmp_path: Path, model: KnownModel, serve: Serve, answer: Any, said: str) -> None:
    serve(answer)
    with pytest.raises(ModelError, match=f"{model.url}.*{said}.*passerby models import FILE"):
        download_model_file(model, None, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_gives_an_endless_answer_up(
    tmp_path: Path, model: KnownModel, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 1000)
    serve(Answer(CONTENT))
    with pytest.raises(ModelError, match="more than 1000 bytes"):
        download_model_file(model, None, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_explains_a_folder_that_cannot_be_written(tmp_path: Path, model: KnownModel, serve: Serve) -> None:
    (tmp_path / "file").write_text("in the way")
    serve(Answer(CONTENT))
    with pytest.raises(ModelError, match=r"small\.onnx: cannot be written"):
        download_model_file(model, None, tmp_path / "file")


def test_fetches_only_by_https_and_only_what_has_an_address(tmp_path: Path, model: KnownModel) -> None:
    for url, said in (("file:///etc/passwd", "no https address"), (None, "comes with passerby")):
        with pytest.raises(ModelError, match=said):
            download_model_file(replace(model, url=url), None, tmp_path)
