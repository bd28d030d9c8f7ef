"""`passerby check`: reports what a site file or a lines file means, or everything that is wrong with it."""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from passerby.cli.hints import filled, keep_site
from passerby.cli.options import InLight
from passerby.config.check import CameraCheck, LinesCheck, SiteCheck, check_lines, check_site
from passerby.config.loader import faults_in_file, is_lines_file
from passerby.config.rules.outbox_space import NodeCheck
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.report.pictures.output import check_picture_name
from passerby.text import figures, printable, rounded


def check(
    site: Annotated[Path, typer.Argument(help="The site file, or a lines file.", callback=keep_site)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Draw what it means at one camera: PNG, SVG or PDF."),
    ] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="Which camera is drawn.")] = None,
    light: InLight = False,
    video: Annotated[
        Path | None, typer.Option("--video", help="Recording to learn the place from; else the camera's own file.")
    ] = None,
) -> None:
    """Check a site file or a lines file; every fault is reported at once, with file, line and key."""
    found = _with_cluster(site, _checked(site, as_json=as_json))
    if picture is not None:
        if isinstance(found, LinesCheck):
            raise PasserbyError("--picture: it shows a camera of a site file, and this is a lines file. Leave it out.")
        _draw(site, found.name, picture, camera, video, light=light)
    if as_json:
        typer.echo(json.dumps({"sound": True, "faults": [], **figures(asdict(found))}, indent=2))
        return
    console = Console()
    if isinstance(found, LinesCheck):
        console.print(f"Lines and zones alone, from {escape(found.file)}", highlight=False)
    else:
        _show_site(found, console)
    for each in found.cameras:
        _show_camera(each, console)
    for node in found.nodes if isinstance(found, SiteCheck) else ():
        console.print(f"\n[bold]Node {node.name}[/]: {_node_sentence(node)}.", highlight=False)
    for recipient in found.recipients if isinstance(found, SiteCheck) else ():
        console.print(f"\n[bold]Recipient {escape(recipient.name)}[/]: {escape(recipient.sentence)}.", highlight=False)
    console.print(f"\n{_summary(found)}", highlight=False)


def _checked(path: Path, *, as_json: bool) -> SiteCheck | LinesCheck:
    """Returns what a file means; faults are printed as JSON where that is asked for, else raised."""
    try:
        return check_lines(path) if is_lines_file(path) else check_site(path)
    except SiteFileError:
        if not as_json:
            raise
        faults = [asdict(fault) for fault in faults_in_file(path)]
        typer.echo(json.dumps({"sound": False, "faults": faults, "file": str(path)}, indent=2))
        raise typer.Exit(1) from None


def _with_cluster(site: Path, found: SiteCheck | LinesCheck) -> SiteCheck | LinesCheck:
    """Returns the check with why the site could not be run on its Ray cluster, where it names one."""
    if isinstance(found, LinesCheck) or not found.cluster:
        return found
    from passerby.service.ray_engine.refusals import cluster_notes  # what the check of another site need not load

    return replace(found, warnings=(*found.warnings, *cluster_notes(site, os.environ)))


def _show_site(found: SiteCheck, console: Console) -> None:
    console.print(
        f"[bold]{escape(found.name)}[/], time zone {found.time_zone}, from {escape(found.file)}", highlight=False
    )
    for warning in found.warnings:
        _show_warning(warning, console)


def _draw(site: Path, name: str, picture: Path, camera: str | None, video: Path | None, *, light: bool) -> None:
    # What a check without a picture need not load.
    from passerby.recordings.drawing.still import drawn_still
    from passerby.report.pictures.layout_picture import layout_picture
    from passerby.report.pictures.output import write_picture
    from passerby.report.pictures.palette import DARK, LIGHT

    check_picture_name(picture)
    still = drawn_still(site, camera, video)
    palette = LIGHT if light else DARK
    title = f"{name}: {still.camera}"
    write_picture(layout_picture(still.layout, still.masks, still.place, title=title, palette=palette), picture)
    where = "onto its empty place" if still.place is not None else f"onto a plain canvas: {still.why}"
    typer.echo(f"Written: {printable(str(picture))}, camera {still.camera}, {where}.", err=True)


def _show_camera(camera: CameraCheck, console: Console) -> None:
    if camera.camera_id:
        none = "none; give a video to `passerby count VIDEO --site SITE.yaml`"
        source = escape(camera.source or filled(none))
        console.print(f"\n[bold]Camera {camera.camera_id}[/]  source: {source}", highlight=False)
    if camera.lines:
        table = Table("line", "forward", "backward", "length", "counts", title_justify="left")
        for line in camera.lines:
            ways = [f"{way.arrow} {escape(way.name)} ({way.heading})" for way in (line.forward, line.backward)]
            length = "" if line.length_m is None else f"{rounded(line.length_m)} m"
            table.add_row(escape(line.name), *ways, length, ", ".join(line.road_users))
        console.print(table)
    if camera.zones:
        table = Table("zone", "of the picture", "counts")
        for zone in camera.zones:
            table.add_row(escape(zone.name), f"{100 * zone.picture_share:.0f} %", ", ".join(zone.road_users))
        console.print(table)
    for movement in camera.movements:
        console.print(f"Movement [bold]{escape(movement.name)}[/]: {escape(movement.sentence)}", highlight=False)
    if camera.rules:
        table = Table("rule", "severity", "an event is raised when", "watched")
        for rule in camera.rules:
            table.add_row(escape(rule.name), rule.severity, escape(rule.sentence), escape(rule.when) or "always")
        console.print(table)
    if camera.replays:
        console.print(f"Replays: {escape(camera.replays)}", highlight=False)
    if camera.ground:
        console.print(f"Ground: {escape(camera.ground.sentence)}", highlight=False)
    for warning in camera.warnings:
        _show_warning(warning, console)


def _show_warning(warning: str, console: Console) -> None:
    console.print(f"[yellow]Note:[/] {escape(warning)}", highlight=False)


def _node_sentence(node: NodeCheck) -> str:
    watched = ", ".join(node.cameras)
    return (
        f"watches {watched}, {node.mb_a_day:.1f} MB of results a day; while the hub is away they fit on its disk for "
        f"{node.days} days"
    )


def _summary(found: SiteCheck | LinesCheck) -> str:
    of_site = found.warnings if isinstance(found, SiteCheck) else ()
    notes = len(of_site) + sum(len(camera.warnings) for camera in found.cameras)
    many = "1 note" if notes == 1 else f"{notes} notes"
    return "[green]The file is sound.[/]" if not notes else f"[green]The file is sound[/], with {many} above."
