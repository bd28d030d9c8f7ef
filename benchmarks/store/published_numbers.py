"""What disclosure control adds to numbers as an error, and what a quarter of an hour of many lines costs a hub.

    python -m benchmarks.store.published_numbers [--lines 8000]

The errors are those of numbers as they are drawn and added, not of a formula. The cost is that of one run of the
publisher on SQLite, of made minutes; how long the hub answers nobody is the longest wait of a task that sleeps 10 ms.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from benchmarks.figures import Chapter, Figure, table_of
from passerby.domain.layout import Layout, Line
from passerby.domain.observations import Observation, Quantity
from passerby.domain.publish_plan import PublishedPlace
from passerby.domain.published import OUTSIDE, PlaceKind
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.publish.disclosure.noise import NoiseSource
from passerby.units import MINUTE_S, NS_PER_S, QUARTER_S
from testing.store_keeper import MONDAY_S, Keeper
from testing.trial_service.publishing import PUBLISH, PublishingSite, made_plan

BUSY: Final = 40
"""Crossings of one series in a quarter of an hour."""

MOST: Final = 0.05
"""Mean error of a published series of so many."""

LINES: Final = tuple(
    Line(f"line {at}", np.array([[0.1, 0.1 + 0.2 * at], [0.9, 0.1 + 0.2 * at]], np.float32)) for at in range(4)
)
_TRIES: Final = 4000
_USERS: Final = (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR)
_NAP_S: Final = 0.01


def error_figures(tries: int = _TRIES) -> tuple[Figure, ...]:
    """Returns the mean errors of a busy series and of its sums, for each audience."""
    noise, figures = NoiseSource(), []
    for what, series in (("a quarter", 1), ("an hour", 4), ("an hour of six series", 24), ("a day", 96)):
        drawn = noise.drawn([BUSY] * (series * tries))
        for audience in OUTSIDE:
            sums = np.array([one[audience] for one in drawn]).reshape(tries, series).sum(axis=1)
            error = float(np.mean(np.abs(sums - BUSY * series))) / (BUSY * series)
            must = MOST if series == 1 else None
            figures.append(Figure(f"{BUSY} a quarter, {audience.value}", f"mean error of {what}", error, must=must))
    return tuple(figures)


def cost_figures(lines: int) -> tuple[Figure, ...]:
    """Returns what one run of the publisher costs for a quarter of an hour of so many lines."""
    with tempfile.TemporaryDirectory() as folder, Keeper(f"sqlite:///{folder}/passerby.db") as keeper:
        plan = published_plan(lines // len(LINES))
        site = PublishingSite(keeper, plan)
        for minute in range(QUARTER_S // MINUTE_S):
            keeper.run(site.store.store_observations(published_minute(plan, minute)))
        keeper.clock.now_s = MONDAY_S + 2 * QUARTER_S
        cpu_s, held_s, bins = keeper.run(_run(site))
    what = f"{lines} lines, a quarter of an hour"
    return (
        Figure(what, "numbers drawn and stored", float(bins * 6), digits=0),
        Figure(what, "processor time as a share of the quarter of an hour", cpu_s / QUARTER_S, must=0.05, digits=4),
        Figure(what, "longest time without an answer, s", held_s, must=0.5),
    )


async def _run(site: PublishingSite) -> tuple[float, float, int]:
    """The processor time of a run, how long the loop was held up at most, in seconds, and how many bins it drew."""
    held_s, over = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal held_s
        while not over.is_set():
            before_s = time.perf_counter()
            await asyncio.sleep(_NAP_S)
            held_s = max(held_s, time.perf_counter() - before_s - _NAP_S)

    watching, before_s = asyncio.create_task(watch()), time.process_time()
    done = await site.publisher.run_once()
    cpu_s = time.process_time() - before_s
    over.set()
    await watching
    return cpu_s, held_s, done.bins


def published_plan(cameras: int) -> SitePlan:
    """Returns a site of so many cameras, all of whose four lines are published."""
    made = tuple(
        CameraPlan(
            f"camera {number:05}", CameraSource(SourceKind.FILE, file=Path("made.mkv")), Layout(LINES, (), (), None)
        )
        for number in range(cameras)
    )
    places = tuple(PublishedPlace(camera.name, line.name, PlaceKind.LINE) for camera in made for line in LINES)
    return replace(made_plan(publish=replace(PUBLISH, places=places)), cameras=made)


def published_minute(plan: SitePlan, minute: int) -> list[Observation]:
    """Returns a minute after Monday's midnight, with five crossings of each series."""
    start_ns = (MONDAY_S + minute * MINUTE_S) * NS_PER_S
    return [
        Observation(camera.name, line.name, Quantity.FLOW, user, way, start_ns, MINUTE_S, 5.0, 5, 1.0)
        for camera in plan.cameras
        for line in LINES
        for user in _USERS
        for way in ("forward", "backward")
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: every bar reached; 1: a bar missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store.published_numbers")
    parser.add_argument("--lines", type=int, default=8000, help="lines that are published")
    asked = parser.parse_args(arguments)
    chapter = Chapter("published", "Published numbers", (*error_figures(), *cost_figures(asked.lines)))
    Console(width=150).print(table_of(chapter))
    return 1 if chapter.failed else 0


if __name__ == "__main__":
    sys.exit(main())
