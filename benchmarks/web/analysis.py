"""How soon a year of quarter-hours is drawn on the page of analysis, beside bare uPlot and beside an empty page.

Usage: python -m benchmarks.web.analysis [--rounds N] [--json OUT.json]

A store with a year of one line; a real server; Chromium without a graphics card. The chart is drawn anew each round,
from an answer that is there at once, and in the same page uPlot by itself from the same arrays, in turns. Each is
timed twice: until uPlot has drawn, and until the frame with it is painted, which is what counts. Then the arrow keys
read the chart, step by step, from the key to the painted frame; likewise on an empty page, whose key changes one word.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, sync_playwright

from benchmarks.footage import RESULTS_FOLDER
from passerby.domain.road_user import RoadUser
from passerby.store import open_store
from testing.source_tree import ROOT
from testing.web.fakes import NOW_S, Service
from testing.web.made_year import fill_year, line_series
from testing.web.serving import served

UPLOT = ROOT / "ui" / "node_modules" / "uplot" / "dist" / "uPlot.iife.min.js"
MUST_DRAW, MUST_ANSWER = 3.0, 2.0
TURNS, KEYS_AT_ONCE = 12, 8
QUERY = "camera=square&series=west%20gate&quantity=flow&sum=road_user&sum=direction&bin=quarter"
SPAN = "start=2025-09-28&end=2026-09-28"
ASKED = "place=square/west%20gate&bin=quarter&from=2025-09-28&to=2026-09-27"

WATCH = """
window.drawn = [];
window.painted = (start, drawn) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => window.drawn.push([drawn, performance.now() - start]);
  channel.port2.postMessage(0);
});
new PerformanceObserver((list) => {
  for (const each of list.getEntriesByName("chart")) window.painted(each.startTime, each.duration);
}).observe({ entryTypes: ["measure"] });
"""
"""Of each chart: milliseconds until it was drawn, and until its frame was painted."""

BARE = """
async ([from, width, height]) => {
  const answer = await (await fetch(from)).json();
  const times = Array.from({ length: answer.count }, (_, at) => answer.first_s + at * answer.step_s);
  const data = [times, answer.rows[0].value];
  window.bare = () => {
    const place = document.body.appendChild(document.createElement("div"));
    const start = performance.now();
    const options = { width, height, series: [{}, { stroke: "#0072b2" }], legend: { show: false } };
    options.hooks = { draw: [() => window.painted(start, performance.now() - start)] };
    new uPlot(options, data, place);
    return place;
  };
  return data[0].length;
}
"""

KEY_DELAYS = """
window.delays = [];
addEventListener("keydown", (event) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => window.delays.push(performance.now() - event.timeStamp);
  channel.port2.postMessage(0);
}), true);
"""
"""From each key to the frame that is painted after it."""

ASK = """
async (url) => {
  const start = performance.now();
  await (await fetch(url)).text();
  return performance.now() - start;
}
"""

EMPTY = '<p id="word" tabindex="0">0</p>'
EMPTY_KEY = 'addEventListener("keydown", () => { word.textContent = String(Number(word.textContent) + 1); });'


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, str]]:
    """Serves a year of one line while the block lasts; yields the address and a one-time link."""
    ready, over = threading.Event(), threading.Event()
    found: list[tuple[str, str]] = []

    async def run() -> None:
        url = f"sqlite:///{folder / 'passerby.db'}"
        store = await open_store(url, zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW_S * 10**9)
        series = line_series("west gate", (RoadUser.PEDESTRIAN, RoadUser.CAR))
        await fill_year(store, url, series, NOW_S, roll_up=False)
        made = Service(store)
        async with served(made.app) as port:
            found.append((f"http://127.0.0.1:{port}", made.link(port)))
            ready.set()
            await asyncio.to_thread(over.wait)
        await store.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        if not ready.wait(600):
            raise RuntimeError("the store was not filled within ten minutes")
        yield found[0]
    finally:
        over.set()
        thread.join()


def median_of(pairs: Sequence[Sequence[float]], place: int) -> float:
    """The median of one of the columns."""
    return statistics.median(pair[place] for pair in pairs)


def charts(page: Page, address: str, rounds: int) -> dict[str, Any]:
    """Ours and bare uPlot, drawn in turns; milliseconds."""
    page.goto(f"{address}/analysis?{ASKED}")
    canvas = page.locator(".plot canvas")
    canvas.wait_for()
    size = canvas.evaluate("(one) => [one.clientWidth, one.clientHeight]")
    page.add_script_tag(path=UPLOT)
    points = page.evaluate(BARE, [f"{address}/api/v1/series?{QUERY}&{SPAN}", *size])
    # The same answer whatever is asked, so that the arrays are the same and no server is measured.
    body = page.request.get(f"{address}/api/v1/series?{QUERY}&{SPAN}").body()
    page.route("**/api/v1/series*", lambda route: route.fulfill(body=body, content_type="application/json"))
    ours, bare = [], []
    for number in range(rounds + 1):
        drawn = []
        page.evaluate("window.drawn.length = 0")
        page.get_by_label("Cars").click()
        page.wait_for_function("window.drawn.length === 1")
        drawn.append(page.evaluate("window.drawn[0]"))
        page.evaluate("window.made = window.bare()")
        page.wait_for_function("window.drawn.length === 2")
        drawn.append(page.evaluate("window.drawn[1]"))
        page.evaluate("window.made.remove()")
        if number > 0:  # The first of each warms up.
            ours.append(drawn[0])
            bare.append(drawn[1])
    found = {
        "points": points,
        "drawn_ms": median_of(ours, 0),
        "bare_drawn_ms": median_of(bare, 0),
        "painted_ms": median_of(ours, 1),
        "bare_painted_ms": median_of(bare, 1),
    }
    page.unroute("**/api/v1/series*")
    return found | {
        "drawn_ratio": found["drawn_ms"] / found["bare_drawn_ms"],
        "painted_ratio": found["painted_ms"] / found["bare_painted_ms"],
    }


def press(page: Page, keys: int) -> None:
    """Presses the arrow key so often, each time once the frame after the last one is painted."""
    page.bring_to_front()
    for _ in range(keys):
        before = page.evaluate("window.delays.length")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"window.delays.length > {before}")


def interaction(page: Page, empty: Page) -> dict[str, Any]:
    """Keys that read the chart, and keys on an empty page, in turns; milliseconds."""
    empty.set_content(EMPTY)
    empty.evaluate(EMPTY_KEY)
    for one, focus in ((page, ".plot"), (empty, "#word")):
        one.evaluate(KEY_DELAYS)
        one.locator(focus).focus()
        press(one, KEYS_AT_ONCE)
        one.evaluate("window.delays.length = 0")
    for _ in range(TURNS):
        press(page, KEYS_AT_ONCE)
        press(empty, KEYS_AT_ONCE)
    found: dict[str, Any] = {}
    for name, share in (("p50", 0.5), ("p75", 0.75)):
        mine, theirs = (
            sorted(one.evaluate("window.delays"))[int(share * TURNS * KEYS_AT_ONCE)] for one in (page, empty)
        )
        found |= {f"key_{name}_ms": mine, f"empty_{name}_ms": theirs, f"key_{name}_ratio": mine / theirs}
    return found


def answers(page: Page, address: str) -> float:
    """Milliseconds of the median answer with the year, as the page asks for it."""
    url = f"{address}/api/v1/series?{QUERY}&{SPAN}"
    return float(statistics.median(page.evaluate(ASK, url) for _ in range(5)))


def measure(rounds: int) -> dict[str, Any]:
    """Everything, in one run of one browser."""
    chromium = os.environ.get("PASSERBY_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as (address, link), sync_playwright() as made:
        browser = made.chromium.launch(executable_path=chromium, chromium_sandbox=False, args=["--disable-gpu"])
        # The content security policy would not let the benchmark's own scripts in.
        page = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True).new_page()
        page.add_init_script(WATCH)
        page.request.get(link)
        found = charts(page, address, rounds)
        found |= interaction(page, browser.new_context().new_page())
        found["answer_ms"] = answers(page, address)
        browser.close()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: within the limits; 1: not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, default=RESULTS_FOLDER / "web_analysis.json")
    asked = parser.parse_args(arguments)
    found = measure(asked.rounds)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
    within = found["painted_ratio"] <= MUST_DRAW and found["key_p50_ratio"] <= MUST_ANSWER
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
