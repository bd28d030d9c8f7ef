"""The sealed process, for real: what it may do, what it is believed, and how its end is told."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError, OutputError, PasserbyError, SourceError, WorkerError
from passerby.domain.isolation import NOT_ISOLATED
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.progress import Progress
from passerby.domain.service import DetectorPlan
from passerby.messages.sandbox_orders import AnonymisePlan, CountPlan
from passerby.pipeline.count_job import count_video
from passerby.recordings.anonymise import anonymise_in_sandbox
from passerby.recordings.count import count_in_sandbox
from passerby.sandbox import process as sandbox_process
from passerby.sandbox.bubblewrap import bubblewrap_works
from passerby.tables.counts_json import counts_document
from testing.films import film
from testing.source_tree import ROOT

pytestmark = pytest.mark.slow

HOSTILE = "tests.unit.recordings.hostile_worker"
CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
PLACES = Layout((Line("middle", np.array([[0.5, 0], [0.5, 1]], np.float32)),), (Zone("picture", CORNERS),), (), None)


def unheard(_: object) -> None:
    """Progress is not shown."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    return film(folder / "street.mp4", size_px=(160, 128), times_s=[number / 10 for number in range(30)])


@pytest.fixture(params=["bubblewrap", "bare"])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With bubblewrap and without it; the hostile worker is found in both."""
    if request.param == "bubblewrap" and not bubblewrap_works():
        pytest.skip("bubblewrap makes no namespaces here")
    if request.param == "bare":
        monkeypatch.setattr(sandbox_process, "bubblewrap_works", lambda: False)
    folders = sandbox_process._folders()
    monkeypatch.setattr(sandbox_process, "_folders", lambda: [*folders, str(ROOT)])
    return str(request.param)


def hostile(word: str, video: Path) -> str:
    """What is told of a process that does what the word says."""
    with pytest.raises(PasserbyError) as reported:
        count_in_sandbox(CountPlan(video, word, PLACES), unheard, module=HOSTILE)
    return str(reported.value)


def test_it_counts_what_the_library_counts_and_tells_its_level(room: str, street: Path) -> None:
    plan = CountPlan(street, "square", PLACES, with_picture=True, closer_areas=(CORNERS / np.float32(2),))
    steps: list[Progress] = []
    there, here = count_in_sandbox(plan, steps.append), count_video(plan, unheard)
    isolation = there.report.isolation
    assert isolation.level == (3 if room == "bubblewrap" else 2)
    assert isolation.missing == (() if room == "bubblewrap" else ("not under bubblewrap",))
    assert here.report.isolation is NOT_ISOLATED
    documents = [counts_document(counted.report) for counted in (there, here)]
    assert documents[0].pop("isolation") == {"level": isolation.level, "missing": list(isolation.missing)}
    assert documents[1].pop("isolation")["level"] == 0
    assert documents[0] == documents[1]
    assert np.array_equal(there.report.flow_map.passes, here.report.flow_map.passes)
    assert there.complete
    assert steps
    assert {"decode", "detect"} <= set(there.stage_cpu_s)


def test_it_can_make_no_file_reach_nobody_and_start_nothing(room: str, street: Path) -> None:
    reported = hostile("attempt", street)
    assert reported.count("=refused") == 6, reported
    assert "done" not in reported
    assert [path.name for path in street.parent.iterdir()] == ["street.mp4"]
    assert not Path("/tmp/leak").exists()


@pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap makes no namespaces here")
def test_it_gets_neither_our_environment_nor_our_files(
    monkeypatch: pytest.MonkeyPatch, room: str, street: Path
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", "hunter2")
    reported = hostile("look around", street)
    assert "CAMERA_PASSWORD" not in reported
    if room == "bubblewrap":
        assert "input" in reported
        assert " home" not in reported
        assert " var" not in reported


@pytest.mark.parametrize(("word", "why"), [("crash", "it crashed"), ("print", "code 7")])
def test_its_death_is_reported(word: str, why: str, room: str, street: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert why in hostile(word, street)
    said = capfd.readouterr()
    assert "picture" not in said.out + said.err


def test_its_being_killed_is_reported(room: str, street: Path) -> None:
    plan = CountPlan(street, "die", PLACES)
    with sandbox_process.SandboxProcess(sandbox_process.Sandbox.around([street]), HOSTILE, plan) as process:
        assert process._output.read(4) == b"half"
        number = process._process.pid
        while inner := Path(f"/proc/{number}/task/{number}/children").read_text().split():
            number = int(inner[0])
        os.kill(number, signal.SIGKILL)
        with pytest.raises(WorkerError, match="SIGKILL"):
            list(process.messages())


def test_its_cpu_time_is_added_to_ours(room: str, street: Path) -> None:
    before_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    count_in_sandbox(CountPlan(street, "square", PLACES), unheard)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before_s + 0.3


@pytest.mark.parametrize(
    ("word", "why"),
    [("pickle", "no message of this version"), ("huge", "too large"), ("bug", "bug in passerby (KeyError)")],
)
def test_what_it_may_not_say_ends_the_run(word: str, why: str, room: str, street: Path) -> None:
    assert why in hostile(word, street)


def test_an_end_without_a_report_is_no_result(room: str, street: Path) -> None:
    assert "without a report" in hostile("nothing", street)


def test_it_hears_stop_and_the_end_of_whoever_started_it(room: str, street: Path) -> None:
    around = sandbox_process.Sandbox.around([street])
    plan = CountPlan(street, "wait", PLACES)
    with sandbox_process.SandboxProcess(around, HOSTILE, plan) as process:
        process.stop()
        with pytest.raises(PasserbyError, match="waited"):
            list(process.messages())
    with sandbox_process.SandboxProcess(around, HOSTILE, plan) as process:
        process._orders.close()
        with pytest.raises(WorkerError, match="Gone"):
            list(process.messages())


@pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap makes no namespaces here")
def test_where_python_does_not_start_under_bubblewrap_it_runs_without_and_says_so(
    monkeypatch: pytest.MonkeyPatch, street: Path
) -> None:
    monkeypatch.setattr(sandbox_process, "SYSTEM", ())
    monkeypatch.setattr(sys, "base_prefix", "/nowhere")
    isolation = count_in_sandbox(CountPlan(street, "square", PLACES), unheard).report.isolation
    assert (isolation.level, isolation.missing) == (2, ("not under bubblewrap",))


def test_errors_name_the_files_as_the_user_does(room: str, street: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"^{tmp_path}/nowhere.mp4: there is no such file"):
        count_in_sandbox(CountPlan(tmp_path / "nowhere.mp4", "a", PLACES), unheard)
    with pytest.raises(SourceError, match=f"^{tmp_path}: this is a folder"):
        count_in_sandbox(CountPlan(tmp_path, "a", PLACES), unheard)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    choice = DetectorPlan(str(tmp_path / "model.onnx"))
    with pytest.raises(ModelError, match=f"^{tmp_path}/model.onnx: "):
        count_in_sandbox(CountPlan(street, "a", PLACES, detector=choice), unheard)


def test_a_film_is_written_of_what_comes_out(room: str, street: Path, tmp_path: Path) -> None:
    report = anonymise_in_sandbox(AnonymisePlan(street, tmp_path / "out.mp4", fps=5), unheard)
    assert report.frames == 15
    assert report.isolation.level >= 2
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_no_half_film_stays(room: str, street: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkerError):
        anonymise_in_sandbox(AnonymisePlan(street, tmp_path / "out.mp4"), unheard, module=HOSTILE)
    with pytest.raises(OutputError, match="ends in"):
        anonymise_in_sandbox(AnonymisePlan(street, tmp_path / "out.avi"), unheard)
    assert not list(tmp_path.iterdir())


LIBRARIES = """
import sys
from passerby.cli import app
try:
    app(["count", sys.argv[1], "--json", "counts.json"])
except SystemExit:
    pass
print([name for name in ("av", "cv2", "onnxruntime") if name in sys.modules])
"""


def test_counting_loads_no_library_that_could_open_a_picture(street: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIBRARIES, str(street)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"
    assert json.loads((tmp_path / "counts.json").read_text())["isolation"]["level"] >= 1


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    long = film(tmp_path / "outlived.mp4", size_px=(160, 128), times_s=[number / 10 for number in range(6000)])
    starter = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from passerby.messages.sandbox_orders import CountPlan\n"
        "from passerby.recordings.count import count_in_sandbox\n"
        "from passerby.domain.layout import Layout\n"
        "plan = CountPlan(Path(sys.argv[1]), 'a', Layout((), (), (), None))\n"
        "count_in_sandbox(plan, lambda step: print('on', flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", starter, str(long)], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"on\n"
        running.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not _running(str(long.name)):
            return
        signal.sigtimedwait([], 0.1)
    pytest.fail("the sealed process outlived the one that started it")


def _running(name: str) -> bool:
    """A process whose command line holds the name, or that has the file open."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if name in (folder / "cmdline").read_text():
                return True
            if any(name in str(link.readlink()) for link in (folder / "fd").iterdir()):
                return True
        except OSError:
            continue
    return False
