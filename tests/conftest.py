"""What every test may ask for: the shared recordings, and which tests run."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import Phase, settings

# For `python -m tools.mutants`, which asks only whether a test fails: the same examples each time, none made smaller.
settings.register_profile("mutants", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate))

ROOT = Path(__file__).resolve().parents[1]
LONG = ("browser", "golden", "integration")
"""Folders of tests that run whole services, browsers and recordings."""


def footage_folder() -> Path:
    """Where the recordings lie that the project tests with and never keeps: `PASSERBY_FOOTAGE`, or beside the clone."""
    return Path(os.environ.get("PASSERBY_FOOTAGE", ROOT.parent / "shared" / "footage"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too, as the CI does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skip_slow = pytest.mark.skip(reason="slow: runs with --slow and in CI")
    folder = footage_folder()
    skip_footage = pytest.mark.skip(reason=f"no recordings in {folder}; set PASSERBY_FOOTAGE to where they are")
    for item in items:
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(skip_slow)
        if ("footage" in item.keywords or "footage" in getattr(item, "fixturenames", ())) and not folder.is_dir():
            item.add_marker(skip_footage)
    # Files are handed out in this order: with the long ones first, no process waits for another at the end.
    items.sort(key=lambda item: item.path.relative_to(ROOT).parts[1] not in LONG)


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


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Takes back what a test, or a command that it runs, sets up for the logs of the whole process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
