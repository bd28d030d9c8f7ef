"""Today's counts of a running service, read over its own API."""

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from rich.table import Column, Table

from tools.demo.browser import Browser


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
        """The first values that the live events hold."""
        try:
            with self._analyst.open(path) as events:
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
        table = Table("line", "way", "class", Column("count", justify="right"), title=title, title_justify="left")
        ways = self._ways()
        for row in rows:
            if row["value"]:
                way = ways.get((row["series"], row["direction"] or ""), row["direction"] or "")
                table.add_row(row["series"], way, row["road_user"] or "", f"{row['value']:.0f}")
        return table
