"""Today's counts of a running service, read over its own API."""

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from rich.table import Column, Table

from tools.demo.browser import Browser
from tools.demo.cameras import CAMERAS


class Counts:
    """Today's counts, as someone with the role of an analyst reads them.

    Attributes:
        total: the crossings of all lines, as last read.
    """

    def __init__(self, analyst: Browser) -> None:
        """Takes the session of who may see counts."""
        self._analyst = analyst
        self._named: dict[tuple[str, str], str] = {}
        self.total = 0

    def today(self) -> tuple[list[dict[str, Any]], float]:
        """Today's flows at all cameras, and for how many seconds the best watched line was watched."""
        rows: list[dict[str, Any]] = []
        watched_s = 0.0
        for said in self._said("/api/v1/live"):
            flows = [{**row, "camera": said["camera"]} for row in said["today"] if row["quantity"] == "flow"]
            now = datetime.fromisoformat(said["time"])
            day_s = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
            watched_s = max([watched_s, *(day_s * row["coverage"] for row in flows)])
            rows += flows
        self.total = sum(int(row["value"] or 0) for row in rows) if rows else self.total
        return rows, watched_s

    def _said(self, path: str) -> list[dict[str, Any]]:
        """The first values of each camera that the live events hold."""
        found: dict[str, dict[str, Any]] = {}
        try:
            with self._analyst.open(path) as events:
                for line in events:
                    said: dict[str, Any] = json.loads(line[5:]) if line.startswith(b"data:") else {}
                    if "today" in said:
                        found[said["camera"]] = said
                    if len(found) == len(CAMERAS):
                        break
        except (OSError, ValueError):
            pass
        return list(found.values())

    def _ways(self) -> dict[tuple[str, str], str]:
        """What users call the two ways over each line."""
        if not self._named:
            with suppress(OSError, ValueError), self._analyst.open("/api/v1/cameras") as answer:
                for camera in json.loads(answer.read())["rows"]:
                    for line in camera["lines"]:
                        self._named[line["name"], "forward"] = line["forward_name"]
                        self._named[line["name"], "backward"] = line["backward_name"]
        return self._named

    def sentence(self) -> str:
        """How much was counted, in one line."""
        _, watched_s = self.today()
        return f"{self.total} crossings of lines, {self._events()}, watched for {watched_s:.0f} s"

    def _events(self) -> str:
        """How many place-safety events there were, in words."""
        found = 0
        with suppress(OSError, ValueError), self._analyst.open("/api/v1/events") as answer:
            found = len(json.loads(answer.read())["rows"])
        return f"{found} event" if found == 1 else f"{found} events"

    def table(self) -> Table:
        """The counts line by line."""
        rows, watched_s = self.today()
        title = f"Today: {self.total} crossings of lines, {self._events()}, watched for {watched_s:.0f} s"
        table = Table(
            "camera", "line", "way", "class", Column("count", justify="right"), title=title, title_justify="left"
        )
        ways = self._ways()
        for row in rows:
            if row["value"]:
                way = ways.get((row["series"], row["direction"] or ""), row["direction"] or "")
                table.add_row(row["camera"], row["series"], way, row["road_user"] or "", f"{row['value']:.0f}")
        return table
