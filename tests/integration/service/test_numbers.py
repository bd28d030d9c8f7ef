"""A real service that publishes numbers: its hub begins counters, draws what is due, and says so without a number."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from testing.ports import free_port
from testing.trial_service.service import Service

pytestmark = pytest.mark.slow

SITE = """\
register: {{recipients: [Everybody]}}
cameras:
  square:
    source: {{rtsp: rtsp://10.255.255.1/main}}
    lines: {{north: {{points: [[0.1, 0.5], [0.9, 0.5]]}}}}
publish:
  title: Counts
  publisher: City
  contact: counts@example.org
  licence: CC0-1.0
  audiences: {{public: {{recipient: Everybody}}}}
  counters: [{{camera: square, line: north}}]
server: {{port: {port}, metrics: true}}
"""
TWO_DAYS_AGO = "UPDATE published_counters SET began_ns = began_ns - 172800000000000 - began_ns % 900000000000"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="pb-") as path:
        yield Path(path)


def asked(store: Path, text: str) -> list[tuple[object, ...]]:
    if not store.exists():
        return []
    with closing(sqlite3.connect(store, timeout=10)) as database, database:
        return database.execute(text).fetchall()


def test_a_hub_begins_counters_and_publishes_what_is_due_after_a_restart(folder: Path) -> None:
    port = free_port()
    with Service(folder, SITE.format(port=port)) as service:
        store = service.data / "passerby.sqlite"
        service.until(lambda: '"counters_begun": 1' in service.log.read_text(), "the counter")
        service.stop()
        asked(store, TWO_DAYS_AGO)
        service.start()
        service.until(lambda: asked(store, "SELECT 1 FROM published_bins"), "bins of days before, as gaps")
        service.until(lambda: "passerby_published_bins_total" in metrics(port), "the metric")
        drawn = asked(store, "SELECT count(*), count(noisy) FROM published_bins")
        service.stop()
        service.start()
        service.until(lambda: "passerby_published_timestamp" in metrics(port), "another look")
        assert asked(store, "SELECT count(*), count(noisy) FROM published_bins") == drawn
        actions = asked(store, "SELECT content FROM audit_leaves")
        assert sum(b"disclosure.published" in bytes(str(each[0]), "utf-8") for each in actions) == 1


def metrics(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
