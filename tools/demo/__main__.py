"""`python -m tools.demo VIDEO SITE FOLDER`: three cameras that play the video, and passerby running on them."""

import argparse
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from tools.demo.browser import Browser, DemoError
from tools.demo.cameras import DATA
from tools.demo.counts import Counts
from tools.demo.preparing import playing, prepared
from tools.demo.tour import Tour, places, shown_entry

ROUND_S = 80
"""The recording's own length: without a terminal the demo ends after one round."""

START_S = 60.0
SHOWN_EVERY_S = 1.0
FIRST_COUNT_S = 0.3
PRINTED_EVERY_S = 10.0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("video", type=Path, help="the recording")
    parser.add_argument("site", type=Path, help="the site file")
    parser.add_argument("folder", type=Path, help="where everything is written")
    parser.add_argument("--for", dest="for_s", type=float, help="seconds until it ends; at a terminal it does not")
    parser.add_argument("--tour", action="store_true", help="show first what a city does before anyone looks")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Runs until Ctrl-C, or for so long; the exit code is 0 if something was counted and the audit log verified."""
    options = _options(words)
    console = Console(highlight=False)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    for_s = options.for_s or (None if console.is_terminal else ROUND_S)
    options.folder.mkdir(parents=True, exist_ok=True)
    console.print("Making three cameras of the recording, and some days of made-up history ...")
    try:
        site, history = prepared(options.site, options.folder)
        with playing(options.video, options.folder), (options.folder / "service.log").open("wb") as log:
            return _with_service(console, options, site, history, log.fileno(), ended, for_s)
    except OSError as fault:
        console.print(f"The demo cannot start: {fault.strerror or fault}. Does another one run?", style="bold red")
        return 1


def _with_service(
    console: Console,
    options: argparse.Namespace,
    site: Path,
    history: Path,
    log: int,
    ended: threading.Event,
    for_s: float | None,
) -> int:
    data = options.folder / DATA
    # Each demo begins anew, so that the link that it prints works.
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    shutil.copy(history, data / "passerby.sqlite")
    command = [sys.executable, "-m", "passerby", "run", str(site), "--data", str(data), "--no-link"]
    began_s = time.monotonic()
    # Ctrl-C is ours: the service is asked to stop, and says what it has counted.
    service = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        first = _entered(data / "link", service, ended)
        if first is None:
            return 130
        tour = Tour(first, site, data, options.folder)
        reader = _shown_around(console, tour) if options.tour else _shown_in(console, tour, first)
        console.print(f"\nIts log is {options.folder / 'service.log'}. Ctrl-C ends it.\n", soft_wrap=True)
        until_s = time.monotonic() + for_s if for_s else None
        return _watch(console, Counts(reader), service, ended, began_s, until_s)
    except DemoError as fault:
        console.print(f"{fault} See {options.folder / 'service.log'}.", style="bold red", markup=False, soft_wrap=True)
        return 1
    except OSError as fault:
        console.print(f"The service does not answer: {fault}", style="bold red", markup=False, soft_wrap=True)
        return 1
    finally:
        service.terminate()
        service.wait(60)


def _shown_in(console: Console, tour: Tour, first: Browser) -> Browser:
    """Prints a new link, as the demo itself has used the first, and returns the session that reads the counts."""
    console.print("\n[bold]Open this in a browser[/] on this machine; it works once, and for 15 minutes:")
    console.print(tour.link(), style="bold", soft_wrap=True, markup=False)
    console.print(f"Another one: {tour.link_command()}", soft_wrap=True, markup=False)
    console.print(
        "All cameras, live. What is older than today is made up, and marked so. "
        f"The public register: {first.address}/register/",
        soft_wrap=True,
    )
    return first


def _entered(link_file: Path, service: "subprocess.Popen[bytes]", ended: threading.Event) -> Browser | None:
    """Uses the one-time link; None when the user has ended the demo before."""
    end_s = time.monotonic() + START_S
    while not ended.wait(0.1):
        if service.poll() is not None:
            raise DemoError("The service has ended by itself.")
        link = link_file.read_text().strip() if link_file.exists() else ""
        if link:
            browser = Browser(link.partition("/open/")[0])
            browser.page(link.removeprefix(browser.address))
            return browser
        if time.monotonic() > end_s:
            raise DemoError(f"The service is not there after {START_S:.0f} s.")
    return None


def _shown_around(console: Console, tour: Tour) -> Browser:
    """Shows what a city does before anyone looks, and returns the session of who may look and see counts."""
    console.print("\n[bold]Three people[/]: an administrator, a privacy officer who confirms, and an operator.")
    log_in, operator = tour.people()
    console.print(places(operator.address, tour.sign(), log_in))
    console.print(f"A one-time link, for when no one can log in: {tour.link_command()}", soft_wrap=True, markup=False)
    console.print(
        "\n[bold]A look[/]: the operator logs in, states a purpose, and sees an anonymous picture. Its entry:"
    )
    tour.look(operator)
    verified = tour.verified()
    console.print(shown_entry(tour.entry(), verified))
    return operator


def _watch(
    console: Console,
    counts: Counts,
    service: "subprocess.Popen[bytes]",
    ended: threading.Event,
    started_s: float,
    until_s: float | None,
) -> int:
    while counts.total == 0 and not _over(service, ended, until_s, FIRST_COUNT_S):
        counts.today()
    if counts.total:
        console.print(f"First count {time.monotonic() - started_s:.0f} s after the start of the service.")
    if console.is_terminal:
        from rich.live import Live

        with Live(counts.table(), console=console, refresh_per_second=2) as shown:
            while not _over(service, ended, until_s, SHOWN_EVERY_S):
                shown.update(counts.table())
    else:
        while not _over(service, ended, until_s, PRINTED_EVERY_S):
            console.print(f"{time.monotonic() - started_s:4.0f} s  {counts.sentence()}")
        console.print(counts.table())
    if service.poll() is not None:
        raise DemoError("The service has ended by itself.")
    return 0 if counts.total else 1


def _over(service: "subprocess.Popen[bytes]", ended: threading.Event, until_s: float | None, wait_s: float) -> bool:
    over = until_s is not None and time.monotonic() >= until_s
    return over or ended.wait(wait_s) or service.poll() is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
