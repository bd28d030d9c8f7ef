"""What a benchmark found: one figure a row, with its limit, and how it looks as a table and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        footage: the recording, and how it was looked at.
        what: what was measured, with its unit.
        ours: passerby's number; None when it was not measured.
        peer: the number of the parts of other systems; None when there is none to compare.
        must: the largest `ours` that is good enough; None when there is no bar.
        note: what a reader has to know.
        digits: decimals shown.
    """

    footage: str
    what: str
    ours: float | None = None
    peer: float | None = None
    must: float | None = None
    note: str = ""
    digits: int = 3

    @property
    def passed(self) -> bool | None:
        """Whether the bar is reached; None without a bar. A bar without a number of ours is not reached."""
        if self.must is None:
            return None
        return self.ours is not None and self.ours <= self.must


@dataclass(frozen=True, slots=True)
class Chapter:
    """The figures of one benchmark.

    Attributes:
        name: what `--only` calls it.
        title: above the table.
        figures: the rows.
        remarks: under the table, a sentence each.
    """

    name: str
    title: str
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Figure, ...]:
        """The rows whose bar is not reached."""
        return tuple(figure for figure in self.figures if figure.passed is False)


def table_of(chapter: Chapter) -> Table:
    """The chapter as a table for people."""
    table = Table(title=chapter.title, title_justify="left", caption_justify="left")
    table.add_column("footage", no_wrap=True)
    table.add_column("measured", min_width=20)
    for column in ("passerby", "other parts", "must"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("reached")
    table.add_column("note", style="dim")
    for figure in chapter.figures:
        must = "" if figure.must is None else f"≤ {figure.must:.{figure.digits}f}"
        reached = {None: "", True: "[green]yes[/]", False: "[bold red]no[/]"}[figure.passed]
        table.add_row(
            figure.footage,
            figure.what,
            _shown(figure.ours, figure.digits),
            _shown(figure.peer, figure.digits),
            must,
            reached,
            figure.note,
        )
    if chapter.remarks:
        table.caption = "\n".join(chapter.remarks)
    return table


def document_of(chapters: Sequence[Chapter]) -> dict[str, Any]:
    """All chapters in JSON's own types."""
    return {
        chapter.name: {
            "title": chapter.title,
            "remarks": list(chapter.remarks),
            "figures": [asdict(figure) | {"passed": figure.passed} for figure in chapter.figures],
        }
        for chapter in chapters
    }


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
