"""What every test may ask for: the shared recordings, and which tests run."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import structlog
from _pytest.assertion import rewrite
from hypothesis import HealthCheck, Phase, settings

# A busy machine makes no example wrong: none has a time to keep. In the CI the examples are the same each time.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# For `python -m tools.mutants`, which asks only whether a test fails: the same examples each time, none made smaller.
settings.register_profile("mutants", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate))

# jsonschema builds 39 grammars with it as it is imported, a second in each process, for formats that no schema has.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[1]
LONGEST = (
    "integration/service/test_canary_secrets.py", "bad_input/test_damaged_videos.py",
    "integration/service/test_service.py", "golden/test_scored.py", "integration/streams/test_markers.py",
    "unit/tools/demo/test_tour.py", "contract/api/test_schema.py", "integration/service/test_clock.py",
    "unit/recordings/test_count.py", "integration/service/test_canary.py", "golden/test_drawn.py",
    "integration/streams/test_drops.py", "unit/track/test_tracker.py", "contract/store/test_site_hours.py",
    "unit/pipeline/test_camera_loop_looped.py", "golden/test_health.py",
    "unit/measure/test_line_counter_waiting.py", "integration/streams/test_rtsp_habits.py",
)  # fmt: skip
"""Files that last half a minute and more, slow tests included; they begin first, so that none ends alone."""

WAITING = ("browser", "golden", "integration")
"""Folders of tests that run whole services, browsers and recordings, and wait for much of their time."""

COMPUTING_AFTER_EACH = 6
"""So many other files follow each that waits: there are eight times as many, so that the last ones are short."""

NOT_MEASURED = ("browser/", "golden/", "rules/", "unit/benchmarks/", "unit/tools/")
"""Folders of tests of something other than modules of ours, or of whole runs of them: no coverage is measured there."""

SLOW_NOT_MEASURED = ("contract/",)
"""Folders whose slow tests run at length the lines that their fast ones run: measured, they take twice as long."""


def footage_folder() -> Path:
    """Where the recordings lie that the project tests with and never keeps: `PASSERBY_FOOTAGE`, or beside the clone."""
    return Path(os.environ.get("PASSERBY_FOOTAGE", ROOT.parent / "shared" / "footage"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too, as the CI does")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where several processes run all tests, each compiles a share: else each compiles all of them, which takes 10 s.

    A file that was compiled before is left to the import, which compiles it anew where it has changed since.
    """
    config = session.config
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    if not worker or config.args != ["tests"] or sys.dont_write_bytecode:
        return
    number, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    for file in sorted((ROOT / "tests").rglob("*.py"))[number::count]:
        compiled = rewrite.get_cache_dir(file) / f"{file.stem}{rewrite.PYC_TAIL}"
        if not compiled.exists() and rewrite.try_makedirs(compiled.parent):
            digest, code = rewrite._rewrite_test(file, config)
            rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, digest, compiled)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skip_slow = pytest.mark.skip(reason="slow: runs with --slow and in CI")
    folder = footage_folder()
    skip_footage = pytest.mark.skip(reason=f"no recordings in {folder}; set PASSERBY_FOOTAGE to where they are")
    files = {path: path.relative_to(ROOT / "tests").as_posix() for path in {item.path for item in items}}
    for item in items:
        place = files[item.path]
        unmeasured = place.startswith(NOT_MEASURED) or ("slow" in item.keywords and place.startswith(SLOW_NOT_MEASURED))
        if unmeasured or getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(skip_slow)
        if ("footage" in item.keywords or "footage" in getattr(item, "fixturenames", ())) and not folder.is_dir():
            item.add_marker(skip_footage)
    # `make test` hands files out in this order.
    places = {name: place for place, name in enumerate(in_order([*dict.fromkeys(files[item.path] for item in items)]))}
    items.sort(key=lambda item: places[files[item.path]])


def in_order(files: list[str]) -> list[str]:
    """Files of tests in the order in which they begin: the longest, then those that wait among those that compute."""
    first = [name for name in LONGEST if name in files]
    rest = [name for name in files if name not in first]
    computing = iter([name for name in rest if name.partition("/")[0] not in WAITING])
    ordered = first
    for name in rest:
        if name.partition("/")[0] in WAITING:
            ordered += [name, *islice(computing, COMPUTING_AFTER_EACH)]
    return [*ordered, *computing]


@contextmanager
def measured_as_marked(item: pytest.Item) -> Iterator[None]:
    """Measures no coverage in tests that are marked so, in processes of pytest-xdist too.

    There pytest-cov has begun a measurement of its own beneath the one that it pauses, which goes on alone.
    """
    if item.get_closest_marker("no_cover") is None:
        yield
        return
    traced, traced_in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(traced_in_threads)
        sys.settrace(traced)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Servers whose threads such a test's set-up starts are not measured either."""
    with measured_as_marked(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with measured_as_marked(item):
        return (yield)


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of the shared recordings; a test that asks for it is skipped where it is missing."""
    return footage_folder()


@pytest.fixture(scope="session")
def truth() -> Path:
    """The folder with the lines and the scorer that counts are judged by; it lies beside the recordings."""
    folder = footage_folder().parent / "truth"
    if not folder.is_dir():
        pytest.skip(f"no truth in {folder}; it belongs beside the recordings")
    return folder


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The folder with the published schemas of others' formats; it lies beside the recordings."""
    folder = footage_folder().parent / "schemas"
    if not folder.is_dir():
        pytest.skip(f"no schemas in {folder}; they belong beside the recordings")
    return folder


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Takes back what a test, or a command that it runs, sets up for the logs of the whole process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
