"""A real Prometheus of our own: in a temporary folder, on a port of its own, gone at the end."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testing.ports import free_port
from testing.servers.programs import found
from testing.waiting import until

_BROWSER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def missing() -> str | None:
    """Why there can be no Prometheus here, or None."""
    return None if found("prometheus") else "no prometheus: install Debian's package prometheus"


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs.

    Attributes:
        address: where it answers.
    """

    address: str

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of its API's answer.

        Raises:
            OSError: it does not answer, or refuses the question.
        """
        with _BROWSER.open(f"{self.address}{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def query(self, query: str) -> list[dict[str, Any]]:
        """The series that a query has now, each with `metric` (its labels) and `value` (time and number as text)."""
        series: list[dict[str, Any]] = self.ask("/api/v1/query", query=query)["result"]
        return series


@contextmanager
def prometheus(folder: Path, configuration: Path) -> Iterator[Prometheus]:
    """Runs while the block lasts.

    Args:
        folder: an empty one for its files.
        configuration: its prometheus.yml.
    """
    program = found("prometheus")
    assert program is not None, missing()
    made = Prometheus(f"http://127.0.0.1:{free_port()}")
    command = [
        program, f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={urllib.parse.urlsplit(made.address).netloc}", "--log.level=warn",
    ]  # fmt: skip
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        until(lambda: process.poll() is not None or _is_ready(made.address))
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield made
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(address: str) -> bool:
    with suppress(OSError), _BROWSER.open(f"{address}/-/ready", timeout=5) as answer:
        return bool(answer.status == 200)
    return False
