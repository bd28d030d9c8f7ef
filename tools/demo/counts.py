"""Today's counts of a running service, read over its own API like any other guest does."""

import http.cookiejar
import json
import subprocess
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Column, Table


class CountsError(Exception):
    """The service does not answer as it should."""


class Counts:
    """A guest of the service, who came in by its one-time link."""

    def __init__(self, data: Path, service: "subprocess.Popen[bytes]") -> None:
        """Takes the service's data folder, in which its link lies, and its process."""
        self._link_file, self._service = data / "link", service
        self._browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self._address = ""
        self._named: dict[tuple[str, str], str] = {}
        self.total = 0

    def entered(self, within_s: float, ended: threading.Event) -> str | None:
        """Uses the first link and returns the next one, for the user; None when the user has ended it before.

        Raises:
            CountsError: there is no link within that time.
        """
        first = self._link(within_s, ended, "")
        if first is None:
            return None
        self._address = first.partition("/open/")[0]
        with self._browser.open(first, timeout=10):
            pass
        subprocess.run(["kill", "-USR1", str(self._service.pid)], check=True)  # what `passerby link` does
        return self._link(within_s, ended, first)

    def _link(self, within_s: float, ended: threading.Event, before: str) -> str | None:
        end_s = time.monotonic() + within_s
        while not ended.wait(0.1):
            if self._service.poll() is not None:
                raise CountsError("The service has ended by itself.")
            link = self._link_file.read_text().strip() if self._link_file.exists() else ""
            if link and link != before:
                return link
            if time.monotonic() > end_s:
                raise CountsError(f"The service is not there after {within_s:.0f} s.")
        return None

    def today(self) -> tuple[list[dict[str, Any]], float]:
        """Today's flows, and for how many seconds the lines were watched; empty while the service says nothing."""
        said = self._said("/api/v1/live")
        rows = [row for row in said.get("today", []) if row["quantity"] == "flow"]
        if not rows:
            return [], 0.0
        now = datetime.fromisoformat(said["time"])
        day_s = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        self.total = sum(int(row["value"] or 0) for row in rows)
        return rows, day_s * max(row["coverage"] for row in rows)

    def _said(self, path: str) -> dict[str, Any]:
        """The first values that the live events tell."""
        try:
            with self._browser.open(self._address + path, timeout=10) as events:
                for line in events:
                    said: dict[str, Any] = json.loads(line[5:]) if line.startswith(b"data:") else {}
                    if "today" in said:
                        return said
        except (OSError, ValueError):
            pass
        return {}

    def _ways(self) -> dict[tuple[str, str], str]:
        """What users call the two ways over each line."""
        if not self._named:
            with (
                suppress(OSError, ValueError),
                self._browser.open(f"{self._address}/api/v1/cameras", timeout=10) as answer,
            ):
                for camera in json.loads(answer.read()):
                    for line in camera["lines"]:
                        self._named[line["name"], "forward"] = line["forward_name"]
                        self._named[line["name"], "backward"] = line["backward_name"]
        return self._named

    def sentence(self) -> str:
        """How much was counted, in one line."""
        _, watched_s = self.today()
        return f"{self.total} crossings of lines, watched for {watched_s:.0f} s"

    def table(self) -> Table:
        """The counts line by line."""
        rows, watched_s = self.today()
        title = f"Today: {self.total} crossings of lines, watched for {watched_s:.0f} s"
        table = Table("line", "way", "class", Column("count", justify="right"), title=title, title_justify="left")
        ways = self._ways()
        for row in rows:
            if row["value"]:
                way = ways.get((row["series"], row["direction"] or ""), row["direction"] or "")
                table.add_row(row["series"], way, row["road_user"] or "", f"{row['value']:.0f}")
        return table
