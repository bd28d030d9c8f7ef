"""`passerby run | node | apply | link`: starts a service or a node, and asks a running one for something."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from passerby.admin.extras import EXTRAS, check_extras, check_modules
from passerby.admin.running_service import apply_site, new_link
from passerby.cli.hints import filled
from passerby.cli.options import DataFolder, SiteFile
from passerby.config.texts.site_storage import folder_of
from passerby.domain.errors import PasserbyError
from passerby.text import printable

if TYPE_CHECKING:
    from passerby.service.run import Engine


def run(
    site: SiteFile,
    data: DataFolder = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="ENGINE",
            help="Where cameras without a node run: `local`, on this machine, or `ray`, on the cluster that the site "
            "file names under `fleet.ray`.",
        ),
    ] = "local",
    no_link: Annotated[bool, typer.Option("--no-link", help="Do not print the one-time link to the page.")] = False,
) -> None:
    """Run a site day and night: count its cameras, store what they measure, and serve it on this machine."""
    check_extras(site)
    from passerby.service.run import run_service  # what other commands need not load, and what the extras are for

    run_service(site, data, (lambda _link: None) if no_link else _link_shower(), _engine(engine, site))


def _engine(name: str, site: Path) -> "Engine":
    """Returns the engine of that name, if the site can run on it."""
    from passerby.service.run import Engine

    if name not in {one.value for one in Engine}:
        raise PasserbyError(f"--engine: `local` or `ray` is needed, got {printable(name)!r}")
    if Engine(name) is Engine.RAY:
        from passerby.service.ray_engine.refusals import check_site

        check_site(site)
    return Engine(name)


def node(
    data: Annotated[
        Path | None, typer.Option("--data", help="The node's data folder, as for `passerby fleet join`.")
    ] = None,
) -> None:
    """Run the cameras of this machine, a node of a site, day and night, with or without its hub."""
    check_modules("service", EXTRAS["service"])
    from passerby.service.nodes.run import run_node  # as above

    run_node(data)


def apply(site: SiteFile, data: DataFolder = None) -> None:
    """Have a running service take in its edited site file; only cameras that differ are started again."""
    number = apply_site(site, data)
    typer.echo(filled(f"Asked process {number} to take in {site}. `passerby status SITE.yaml` shows what came of it."))


def link(site: SiteFile, data: DataFolder = None) -> None:
    """Print a new one-time link to the page of a running service."""
    typer.echo(new_link(folder_of(site, data)))


def _link_shower() -> Callable[[str], None]:
    """Returns what shows the one-time links: to a terminal alone, as who reads a log is not always who may log in."""
    if not sys.stdout.isatty():
        return lambda _link: typer.echo(
            filled(
                "A one-time link to the page is ready; it is not written here. `passerby link SITE.yaml` prints one."
            )
        )
    return _show_link


def _show_link(address: str) -> None:
    """Prints the link unchanged, so that a terminal lets it be clicked; log lines go to the other stream."""
    typer.echo(f"\nOpen this link, which works once:\n\n    {address}\n")
