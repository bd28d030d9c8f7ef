"""What the demo runs on, and what its pictures are made of: the site file, the made-up history, and the cameras."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from passerby.config.service import service_site
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from tools.demo.cameras import CAMERAS, FIRST_PORT, demo_site, shifted
from tools.demo.made_up import begin_made_up

PAUSE_S: Final = 3.0
"""Between two rounds: no one may seem to walk on from the film's end at its beginning."""


def prepared(site: Path, folder: Path) -> tuple[Path, Path]:
    """Writes the demo's site file, and its history unless there is one of today; returns both."""
    zone = ZoneInfo(YAML(typ="safe").load(site)["site"]["time_zone"])
    today = datetime.now(zone).date()
    text = demo_site(site, today)
    made = folder / "demo.site.yaml"
    made.write_text(text, encoding="utf-8")
    history = folder / f"history-{today.isoformat()}.sqlite"
    if not history.exists():
        for old in folder.glob("history-*"):
            old.unlink()
        unfinished = history.with_suffix(".unfinished")
        begin_made_up(service_site(text, made.name, folder, {}).plan, today, unfinished)
        unfinished.rename(history)
    return made, history


@contextmanager
def playing(video: Path, folder: Path) -> Iterator[None]:
    """Plays a recording as each of the demo's cameras while the block lasts.

    Args:
        video: the recording.
        folder: where it is kept as the cameras send it.

    Raises:
        OSError: a port of the demo's cameras is taken.
    """
    film = opened(video, folder)
    with ExitStack() as running:
        for place, one in enumerate(CAMERAS):
            running.enter_context(RtspCamera(shifted(film, one.shift), port=FIRST_PORT + place, pause_s=PAUSE_S))
        yield
