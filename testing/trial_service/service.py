"""A service in a folder of its own, as `passerby run` starts it."""

import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from testing.trial_service.site_register import registered

PATIENCE_S = 60.0


class TrialError(AssertionError):
    """The service did not do what was waited for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Service:
    """Runs `passerby run` on a site file; ends with the block that it is used in."""

    def __init__(
        self,
        folder: Path,
        site: str,
        environment: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        within: Sequence[str] = (),
    ) -> None:
        """Writes the site file; starts nothing yet.

        Args:
            folder: an empty folder, with a short path.
            site: the site file's text; cameras without a record in the register get one, as they would not run.
            environment: more variables.
            options: of `passerby run`, more than those that a trial needs.
            within: words of a command that becomes the service, such as `nsenter`.
        """
        self._within = tuple(within)
        self._options = tuple(options)
        self.folder, self.data, self.site = folder, folder / "data", folder / "site.yaml"
        self.site.write_text(registered(site), encoding="utf-8")
        self.log = folder / "log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies), _Plain()
        )
        self.address = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it; does not wait."""
        words = ("run", str(self.site), "--data", str(self.data), "--no-link", *self._options)
        command = [*self._within, sys.executable, "-m", "passerby", *words]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment, start_new_session=True
            )

    def stop(self) -> int | None:
        """Asks it to stop, and waits until it has; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            return process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
            raise TrialError("the service did not stop") from None

    @property
    def pid(self) -> int:
        """Of the supervisor."""
        if self._process is None:
            raise TrialError("the service was not started")
        return self._process.pid

    def enter(self) -> None:
        """Comes in by the one-time link, when there is one."""
        link = self.data / "link"
        self.until(link.exists, "a one-time link")
        text = link.read_text().strip()
        self.address = text.partition("/open/")[0]
        self.until(lambda: self._opened(text), "the page")

    def ask(
        self, path: str, *, method: str = "GET", said: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request.

        Raises:
            OSError: the hub does not answer now.
        """
        body = None if said is None else json.dumps(said).encode()
        given = {"Content-Type": "application/json", "Origin": self.address, **(headers or {})}
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=given)
        with self._browser.open(request, timeout=60) as answer:
            return Answer(answer.status, answer.read(), dict(answer.headers))

    def live(self) -> IO[Any]:
        """Opens the live events.

        Raises:
            OSError: the hub does not answer now, or refuses.
        """
        events: IO[Any] = self._browser.open(self.address + "/api/v1/live", timeout=60)
        if events.status != 200:  # type: ignore[attr-defined]
            raise OSError(f"no live events: {events.status}")  # type: ignore[attr-defined]
        return events

    @property
    def cookie(self) -> str:
        """The session, as a header's value."""
        return "; ".join(f"{one.name}={one.value}" for one in self._cookies)

    def today(self) -> list[dict[str, Any]]:
        """The day so far of the first camera that the live events tell of.

        Raises:
            OSError: the hub does not answer now.
        """
        with self._browser.open(self.address + "/api/v1/live", timeout=60) as events:
            for line in events:
                said = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if "today" in said:
                    rows: list[dict[str, Any]] = said["today"]
                    return rows
        return []

    def rows(self, **query: str) -> list[dict[str, Any]]:
        """Stored observations, all pages.

        Raises:
            TrialError: the API refuses.
        """
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            words = {**query, "limit": "10000", **({"after": after} if after else {})}
            answer = self.ask("/api/v1/observations?" + urllib.parse.urlencode(words))
            if answer.status != 200:
                raise TrialError(f"no observations: {answer.status} {answer.body.decode(errors='replace')}")
            page = answer.json()
            found += page["rows"]
            after = page["after"]
            if after is None:
                return found

    def status(self) -> dict[str, Any]:
        """What the supervisor said last."""
        try:
            said: dict[str, Any] = json.loads((self.data / "status.json").read_text())
        except FileNotFoundError:
            return {"processes": [], "cameras": [], "outbox_rows": 0}
        return said

    def processes(self) -> dict[str, int]:
        """Name -> process id of what runs now: `supervisor`, `hub`, `worker-1`, …, and `sealed` of each worker."""
        found = {"supervisor": self.pid}
        found |= {one["name"]: one["pid"] for one in self.status()["processes"] if one["pid"]}
        for name in [name for name in found if name.startswith("worker")]:
            for number, child in enumerate(children(found[name])):
                found[f"sealed {name} {number}"] = child
        return found

    def kill(self, pid: int) -> None:
        """Ends a process as hard as it goes."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def until(self, holds: Callable[[], object], what: str, within_s: float = PATIENCE_S) -> None:
        """Waits until something holds.

        Raises:
            TrialError: it does not.
        """
        end_s = time.monotonic() + within_s
        while True:
            with suppress(OSError):
                if holds():
                    return
            if time.monotonic() > end_s:
                log = self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
                raise TrialError(f"{what}: not there after {within_s:.0f} s. The log ends:\n{log}")
            time.sleep(0.1)

    def _opened(self, link: str) -> bool:
        with self._browser.open(link, timeout=60) as answer:
            return bool(answer.status == 200)


class _Plain(urllib.request.HTTPErrorProcessor):
    """Every answer is an answer, whatever its status; redirects within the service are followed."""

    def http_response(self, request: Any, response: Any) -> Any:
        if response.status in (301, 302, 303, 307, 308):
            return super().http_response(request, response)
        return response


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path("/proc", str(pid), "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found
