"""Reads counts from a passerby service: the pages of a table as JSON, or a whole table as Parquet that SQL is asked of.

    export PASSERBY_TOKEN=passerby_…
    python read_counts.py https://count.example.org --start 2026-09-28 --end 2026-09-29
    python read_counts.py https://count.example.org --start 2026-09-01 --end 2026-10-01 --parquet september.parquet

It needs the packages httpx and duckdb. docs/how-to/read-counts-with-python.md explains it.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import httpx

OBSERVATIONS = "/api/v1/observations"
PARQUET = "application/vnd.apache.parquet"
PROBLEM = "application/problem+json"
ROWS_A_PAGE = 1000
TRIES = 3

# What was watched is added up in hours: an interval in which nothing was watched may have no row, so the mean of
# `coverage` over the rows would say too much.
TOTALS = """
    SELECT camera, series, coalesce(road_user, 'all'), coalesce(direction_name, direction, ''),
           round(sum(value))::BIGINT, round(max(value))::BIGINT, round(sum(coverage * length_s) / 3600, 1)
    FROM read_parquet(?)
    WHERE quantity = 'flow' AND value IS NOT NULL AND reliable
    GROUP BY ALL
    ORDER BY ALL
"""


class ProblemError(Exception):
    """What the service said when it did not do what it was asked (RFC 9457): what is wrong, where, and what to do."""

    def __init__(self, problem: dict[str, Any]) -> None:
        faults = "".join(f"\n  {each['where']}: {each['what']}, got {each['got']}" for each in problem["faults"])
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']} {problem['do']}{faults}")


def checked(answer: httpx.Response) -> httpx.Response:
    """Returns the answer, if it is what was asked for.

    Raises:
        ProblemError: the service says why it is not.
        httpx.HTTPStatusError: something between here and the service says so, a proxy perhaps.
    """
    if answer.headers.get("Content-Type", "").startswith(PROBLEM):
        raise ProblemError(answer.json())
    return answer.raise_for_status()


def asked(client: httpx.Client, question: dict[str, Any]) -> httpx.Response:
    """Asks, and asks again where the service says after how many seconds (429, and 503 while its database is away)."""
    answer = client.get(OBSERVATIONS, params=question)
    for _ in range(TRIES - 1):
        if "Retry-After" not in answer.headers:
            break
        time.sleep(int(answer.headers["Retry-After"]))
        answer = client.get(OBSERVATIONS, params=question)
    return checked(answer)


def rows(client: httpx.Client, question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows, page by page: `after` of a page asks for the next one, and is null on the last."""
    after: str | None = None
    while True:
        page = asked(client, question | ({"after": after} if after else {})).json()
        yield from page["rows"]
        after = page["after"]
        if after is None:
            return


def save_parquet(client: httpx.Client, question: dict[str, Any], path: Path) -> None:
    """Writes the whole table to a file, which is there whole or not at all; the service notes the export in its log."""
    unfinished = path.with_name(f"{path.name}.part")
    with client.stream("GET", OBSERVATIONS, params=question, headers={"Accept": PARQUET}) as answer:
        if not answer.is_success:
            answer.read()
        checked(answer)
        with unfinished.open("wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)
    unfinished.replace(path)


def totals(path: Path) -> list[tuple[Any, ...]]:
    """Camera, line, class, way, crossings, crossings of the busiest interval and hours watched, by DuckDB."""
    with duckdb.connect() as database:
        return database.execute(TOTALS, [str(path)]).fetchall()


def cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the first table: the number never without the share of its interval that was watched."""
    value = "not known" if row["value"] is None else f"{row['value']:g}"
    notes = ("" if row["reliable"] else "not reliable", "made up" if row["made_up"] else "")
    way = row["direction_name"] or row["direction"] or ""
    watched, note = f"{row['coverage']:.0%}", ", ".join(filter(None, notes))
    return row["start"], row["camera"], row["series"], row["road_user"] or "all", way, value, watched, note


def show(head: Sequence[str], body: Sequence[Sequence[Any]]) -> None:
    """Prints a table."""
    table = [head, *([str(cell) for cell in row] for row in body)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Reads counts from a passerby service.")
    parser.add_argument("address", help="where the service is, such as https://count.example.org")
    parser.add_argument("--start", help="a day or an RFC 3339 time; a day before the end by default")
    parser.add_argument("--end", help="likewise; now by default")
    parser.add_argument("--bin", default="hour", help="minute, quarter, hour (the default) or day")
    parser.add_argument("--camera", action="append", help="may be repeated; all by default")
    parser.add_argument("--parquet", type=Path, help="save the table in this file, and show totals of it")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Shows a table; 1 if the service refuses or cannot be reached."""
    given = parsed(arguments)
    token = os.environ.get("PASSERBY_TOKEN")
    if token is None:
        print("PASSERBY_TOKEN is not set: make a token with `passerby tokens create`.", file=sys.stderr)
        return 1
    chosen = {"start": given.start, "end": given.end, "camera": given.camera, "bin": given.bin, "quantity": "flow"}
    question = {name: value for name, value in chosen.items() if value}
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=given.address, headers=headers, timeout=60) as client:
            if given.parquet is None:
                found = [cells(row) for row in rows(client, question | {"limit": ROWS_A_PAGE})]
                show(("start", "camera", "line", "class", "way", "crossings", "watched", "note"), found)
            else:
                save_parquet(client, question, given.parquet)
                head = ("camera", "line", "class", "way", "crossings", f"most in one {given.bin}", "hours watched")
                show(head, totals(given.parquet))
    except (ProblemError, httpx.HTTPError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
