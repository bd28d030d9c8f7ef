"""`python -m tools.demo VIDEO SITE FOLDER`: a camera that plays the video, and passerby running on it."""

import argparse
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from tools.demo.browser import Browser, DemoError
from tools.demo.counts import Counts
from tools.demo.tour import Tour, places, shown_entry

PORT = 18554
"""As examples/demo.site.yaml says."""

ROUND_S = 80
"""The recording's own length: without a terminal the demo ends after one round."""

PAUSE_S = 3.0
"""Between two rounds: nobody may seem to walk on from the film's end at its beginning."""

START_S = 60.0
SHOWN_EVERY_S = 1.0
PRINTED_EVERY_S = 10.0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("video", type=Path, help="the recording")
    parser.add_argument("site", type=Path, help="the site file")
    parser.add_argument("folder", type=Path, help="where everything is written")
    parser.add_argument("--for", dest="for_s", type=float, help="seconds until it ends; at a terminal it does not")
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
    console.print("Making a camera of the recording ...")
    try:
        film = opened(options.video, options.folder)
        with RtspCamera(film, port=PORT, pause_s=PAUSE_S) as camera, (options.folder / "service.log").open("wb") as log:
            console.print(f"It is on {camera.address}, and sends {len(film.pictures) / film.length_s:.0f} pictures/s.")
            return _with_service(console, options, log.fileno(), ended, for_s)
    except OSError as fault:
        console.print(f"The demo cannot start: {fault.strerror or fault}. Does another one run?", style="bold red")
        return 1


def _with_service(
    console: Console, options: argparse.Namespace, log: int, ended: threading.Event, for_s: float | None
) -> int:
    data = options.folder / "data"
    # Each demo begins anew, so that the log-in that it prints works.
    shutil.rmtree(data, ignore_errors=True)
    command = [sys.executable, "-m", "passerby", "run", str(options.site), "--data", str(data), "--no-link"]
    # Ctrl-C is ours: the service is asked to stop, and says what it has counted.
    service = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        first = _entered(data / "link", service, ended)
        if first is None:
            return 130
        began_s = time.monotonic()
        analyst = _shown_around(console, Tour(first, options.site, data, options.folder))
        console.print(f"\nIts log is {options.folder / 'service.log'}. Ctrl-C ends it.\n", soft_wrap=True)
        until_s = began_s + for_s if for_s else None
        return _watch(console, Counts(analyst), service, ended, until_s)
    except DemoError as fault:
        console.print(f"{fault} See {options.folder / 'service.log'}.", style="bold red", markup=False, soft_wrap=True)
        return 1
    except OSError as fault:
        console.print(f"The service does not answer: {fault}", style="bold red", markup=False, soft_wrap=True)
        return 1
    finally:
        service.terminate()
        service.wait(60)


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
    console.print(
        "\n[bold]A look[/]: the operator logs in, states a purpose, and sees an anonymous picture. Its entry:"
    )
    tour.look(operator)
    verified = tour.verified()
    console.print(shown_entry(tour.entry(), verified))
    return operator


def _watch(
    console: Console, counts: Counts, service: "subprocess.Popen[bytes]", ended: threading.Event, until_s: float | None
) -> int:
    started_s = time.monotonic()
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
