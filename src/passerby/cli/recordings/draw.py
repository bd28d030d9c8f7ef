"""`passerby draw`: draws lines, zones and ground on a recording, in a browser, into a site file."""

import asyncio
import shlex
from pathlib import Path
from typing import Annotated

import typer

from passerby.cli.hints import filled
from passerby.cli.options import CameraName, LikeFile, ModelName, RecordedFps
from passerby.domain.errors import SourceError
from passerby.text import printable


def draw(
    video: Annotated[Path, typer.Argument(help="The recording, in any container that FFmpeg reads.")],
    site: Annotated[
        Path | None,
        typer.Option("--site", help="Site file to draw into; made when saved, NAME.site.yaml here unless named."),
    ] = None,
    camera: CameraName = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port on this machine; any free one.")] = 0,
    model: ModelName = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
) -> None:
    """Draw lines, zones, masks and ground on a recording, in a browser on this machine; Ctrl-C ends."""
    # What other commands need not load.
    from passerby.recordings.drawing.counting import counter
    from passerby.recordings.drawing.live import RecordingLive
    from passerby.recordings.drawing.server import listening, serve
    from passerby.recordings.drawing.site import RecordingSite

    if not video.is_file():
        raise SourceError(f"{video}: there is no such recording. Name a video file.")
    path = site or Path(f"{video.stem}.site.yaml")
    with listening(port) as listener:
        drawn = RecordingSite.open(path, camera, video, listener.getsockname()[1])
        live = RecordingLive(drawn.camera, counter(drawn, video, model=model, like=like, recorded_fps=recorded_fps))
        asyncio.run(serve(drawn, live, listener, lambda link: _show(link, path)))
    if path.exists():
        count = f"`passerby count {shlex.quote(str(video))} --site {shlex.quote(str(path))}`"
        typer.echo(filled(f"Drawn into {printable(str(path))}. Count with it: {count}"))


def _show(link: str, path: Path) -> None:
    """Prints the link unchanged, so that a terminal lets it be clicked."""
    typer.echo(f"\nOpen this link, which works once:\n\n    {link}\n\nSaving writes {path}. Ctrl-C ends.\n")
