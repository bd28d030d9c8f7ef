"""`python -m tools.pictures VIDEO SITE FOLDER`: pictures the demo, and keeps what the documentation shows of it."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from passerby.report.pictures.palette import LIGHT
from testing.trial_service.service import Service, TrialError
from testing.trial_service.viewing import Door, viewed
from tools.demo.preparing import playing, prepared
from tools.pictures.views import (
    CAMERA,
    COUNT,
    FILMED,
    MAX_BYTES,
    PATIENCE_MS,
    REVIEW,
    SCHEMES,
    SHOWN,
    VIEWS,
    WINDOWS_PX,
    View,
    picture_name,
)

SHOWN_IN = Path("docs/pictures")
MIN_SHARP, MIN_LEARNING_S, MAX_LEARNING_S = 0.7, 170.0, 600.0
"""Two rounds of the recording at least, so that parts where people stood in the first are learned in the second."""

MAX_OFF = 24
"""How far a colour of a film may be from what it was before it was encoded."""

WEBP_QUALITY = 62
WIDEST_PX = 1280
"""What a page of text has room for; the picture of a count is wider."""


def main(words: list[str]) -> int:
    """Makes all pictures; 1 where those of the documentation are too large together."""
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("video", type=Path, help="the demo's recording")
    parser.add_argument("site", type=Path, help="the demo's site file")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    options = parser.parse_args(words)
    options.folder.mkdir(parents=True, exist_ok=True)
    picture_count(options.video, options.site, options.folder)
    picture_film(options.video, options.site, options.folder)
    picture_pages(options.video, options.site, options.folder)
    size_bytes = keep_shown(options.folder, SHOWN_IN)
    print(f"{SHOWN_IN}: {len(SHOWN)} pictures, {size_bytes / 1000:.0f} kB")
    if size_bytes > MAX_BYTES:
        print(f"They may have {MAX_BYTES / 1000:.0f} kB together; lower WEBP_QUALITY or show fewer.")
        return 1
    return 0


def picture_count(video: Path, site: Path, folder: Path) -> None:
    """Counts the recording, once for dark and once for light.

    Raises:
        subprocess.CalledProcessError: it could not be counted; the command has said why.
    """
    for scheme in SCHEMES:
        command = [sys.executable, "-m", "passerby", "count", str(video), "--site", str(site)]
        command += ["--picture", str(folder / f"{COUNT}-{scheme}.png"), *(["--light"] if scheme == "light" else [])]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def picture_film(video: Path, site: Path, folder: Path) -> None:
    """Films a part of the count, and keeps the page on which most lights up.

    Raises:
        subprocess.CalledProcessError: it could not be filmed; the command has said why.
    """
    film = folder / f"{REVIEW}.webm"
    command = [sys.executable, "-m", "passerby", "count", str(video), "--site", str(site), "--no-picture"]
    subprocess.run([*command, "--fps", "10", "--film", str(film), *FILMED], check=True, stdout=subprocess.DEVNULL)
    with av.open(str(film)) as container:
        pages = (np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0))
        page = max(pages, key=lit)
    Image.fromarray(page).save(folder / f"{REVIEW}.png")


def lit(page: npt.NDArray[np.uint8]) -> int:
    """Returns how many pixels of a film's page, uint8 (H, W, 3), RGB, have the colour of either way over a line."""
    ways = (np.array(colour[:3], np.int16) for colour in (LIGHT.forward, LIGHT.backward))
    return sum(int((np.abs(page - way).max(axis=2) < MAX_OFF).sum()) for way in ways)


def picture_pages(video: Path, site: Path, folder: Path) -> None:
    """Runs the demo's cameras and the service on them, and pictures its pages.

    Raises:
        OSError: a port of the demo's cameras is taken.
        AssertionError: the service does not start, or a page does not show what it is pictured for.
    """
    made, history = prepared(site, folder)
    with ExitStack() as running:
        running.enter_context(playing(video, video.parent))
        # A place of its own, with a short path for the service's sockets.
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="pictures-")))
        service = Service(home, made.read_text(encoding="utf-8"))
        service.data.mkdir(mode=0o700)
        shutil.copy(history, service.data / "passerby.sqlite")
        running.enter_context(service)
        service.enter()
        service.ask("/api/v1/purpose", method="PUT", said={"purpose": "maintenance", "case": "pictures"})
        until_learned(service)
        program = shutil.which("chromium")
        playwright = running.enter_context(sync_playwright())
        # The sandbox needs what root in a container has not; nothing but our own page is opened.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        expect.set_options(timeout=PATIENCE_MS)
        for scheme in SCHEMES:
            for window, size_px in WINDOWS_PX.items():
                for view in VIEWS:
                    path = folder / f"{picture_name(view.name, window, scheme)}.png"
                    picture_page(browser, service, view, size_px, scheme, path)
        browser.close()


def until_learned(service: Service) -> None:
    """Looks at the first camera until most of the empty place is known, and shown sharp.

    Raises:
        TrialError: it is not, after ten minutes.
    """
    least_s, end_s, learned = time.monotonic() + MIN_LEARNING_S, time.monotonic() + MAX_LEARNING_S, 0.0
    for shown in viewed(Door(service.address, service.cookie), CAMERA, pause_s=1.0):
        learned = max(learned, shown.said["sharp_share"])
        if learned >= MIN_SHARP and time.monotonic() > least_s:
            return
        if time.monotonic() > end_s:
            break
    raise TrialError(f"Only {learned:.0%} of the empty place were learned in {MAX_LEARNING_S:.0f} s.")


def picture_page(
    browser: Browser, service: Service, view: View, size_px: tuple[int, int], scheme: str, path: Path
) -> None:
    """Opens a page in a window of its own, waits until it is ready, and writes what the window shows."""
    width, height = size_px
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if width < 600 else 1,
        reduced_motion="reduce",
        locale="en-GB",
    )
    for cookie in service.cookie.split("; "):
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": service.address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(service.address + view.path)
    view.ready(page)
    page.screenshot(path=path)
    context.close()
    print(path)


def keep_shown(folder: Path, kept: Path) -> int:
    """Writes the pictures that the documentation shows, small, in place of those before; returns their bytes."""
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.glob("*.webp"):
        old.unlink()
    for name in SHOWN:
        with Image.open(folder / f"{name}.png") as picture:
            small = picture.convert("RGB")
            widest_px = WINDOWS_PX["phone"][0] if "-phone-" in name else WIDEST_PX
            small.thumbnail((widest_px, 10_000), Image.Resampling.LANCZOS)
            # Without what a PNG says beside its pixels.
            small.save(kept / f"{name}.webp", quality=WEBP_QUALITY, method=6)
    return sum(path.stat().st_size for path in kept.glob("*.webp"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
