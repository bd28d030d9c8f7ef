"""Words on the command line, site files and models that cannot be right."""

from pathlib import Path

import pytest

from passerby.ingest.detectors.registry import DEFAULT_MODEL, known_model, model_state
from tests.bad_input.command import left_in, passerby, refused

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fps", ["0", "-1", "nan", "inf", "1e9", "1e-9"])
def test_an_impossible_rate_is_refused(fps: str, sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--fps", fps, "--json", "o.json", folder=tmp_path), "--fps", "between 0.1")
    assert not left_in(tmp_path)


@pytest.mark.parametrize("start", ["yesterday", "", "2026-02-30T00:00:00Z", "12:00", "nan"])
def test_a_start_that_is_no_time_is_refused(start: str, sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--start", start, folder=tmp_path), "--start", "2026-05-01T08:00:00+02:00")


def test_a_start_without_a_time_zone_is_refused(sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--start", "2026-05-01T08:00:00", folder=tmp_path), "time zone is missing")


def test_two_files_of_places_are_refused(sound_video: Path, tmp_path: Path) -> None:
    refused(
        passerby("count", sound_video, "--site", "a.yaml", "--lines", "b.yaml", folder=tmp_path), "--site", "--lines"
    )


def site(folder: Path, *cameras: str) -> Path:
    path = folder / "site.yaml"
    rows = "".join(f"  {name}:\n    lines:\n      a: {{points: [[0.5, 0], [0.5, 1]]}}\n" for name in cameras)
    path.write_text(f"site: {{name: Square, time_zone: Europe/Berlin}}\ncameras:\n{rows}")
    return path


def test_an_unknown_camera_is_refused_and_the_known_are_named(sound_video: Path, tmp_path: Path) -> None:
    said = passerby(
        "count", sound_video, "--site", site(tmp_path, "north", "south"), "--camera", "west", folder=tmp_path
    )
    refused(said, "west", "north", "south")


def test_one_of_several_cameras_must_be_named(sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--site", site(tmp_path, "a", "b"), folder=tmp_path), "--camera")


def test_a_camera_without_a_site_is_refused(sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--camera", "west", folder=tmp_path), "--camera", "--site")


def test_every_fault_of_a_places_file_is_reported_with_its_line(sound_video: Path, tmp_path: Path) -> None:
    (tmp_path / "lines.yaml").write_text(
        "lines:\n"
        "  dot: {points: [[0.5, 0.5], [0.5, 0.5]]}\n"
        "zones:\n"
        "  bow: {points: [[0, 0], [1, 1], [1, 0], [0, 1]]}\n"
        "  nan: {points: [[.nan, 0], [1, 1], [1, 0]]}\n"
        "  inf: {points: [[.inf, 0], [1, 1], [1, 0]]}\n"
    )
    said = passerby("count", sound_video, "--lines", "lines.yaml", "--json", "o.json", folder=tmp_path)
    refused(said, "lines.yaml:2", "no length", "lines.yaml:4", "crosses itself", "lines.yaml:5", "nan", "lines.yaml:6")
    assert left_in(tmp_path) == {"lines.yaml"}


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"lines: [", b"a: &a [*a]", b"42", b"lines: {a: {points: 3}}"]
)
@pytest.mark.parametrize("words", [("count", "--lines"), ("count", "--site"), ("check",)])
def test_a_file_that_is_no_site_is_refused(
    content: bytes, words: tuple[str, ...], sound_video: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_bytes(content)
    video = [str(sound_video)] if words[0] == "count" else []
    refused(passerby(words[0], *video, *words[1:], "site.yaml", folder=tmp_path), "site.yaml")


@pytest.mark.parametrize("words", [("count", "--lines"), ("count", "--site"), ("check",)])
def test_a_missing_site_file_is_refused(words: tuple[str, ...], sound_video: Path, tmp_path: Path) -> None:
    video = [str(sound_video)] if words[0] == "count" else []
    refused(passerby(words[0], *video, *words[1:], "nowhere.yaml", folder=tmp_path), "nowhere.yaml", "No such file")


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "folder", "cut"])
def test_a_model_that_is_none_is_refused(kind: str, sound_video: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.onnx"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("not a model")
    elif kind == "folder":
        path.mkdir()
    elif kind == "cut":
        whole = model_state(known_model(DEFAULT_MODEL)).path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    before = left_in(tmp_path)
    said = passerby("count", sound_video, "--model", "./own.onnx", "--json", "o.json", folder=tmp_path)
    refused(said, "own.onnx")
    assert left_in(tmp_path) == before


def test_a_model_of_another_kind_is_refused(sound_video: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["sound"], ["words"])],
        "speech",
        [onnx.helper.make_tensor_value_info("sound", floats, [1, 8])],
        [onnx.helper.make_tensor_value_info("words", floats, [1, 8])],
    )
    opset = onnx.helper.make_opsetid("", 17)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9), str(tmp_path / "own.onnx"))
    refused(passerby("count", sound_video, "--model", "./own.onnx", folder=tmp_path), "own.onnx", "words")


def test_an_unknown_model_is_refused(sound_video: Path, tmp_path: Path) -> None:
    refused(passerby("count", sound_video, "--model", "yolo99", folder=tmp_path), "yolo99", "passerby models")
