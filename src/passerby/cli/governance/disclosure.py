"""`passerby disclosure`: what was done to a published number and why, and what will go out before it does."""

import json
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from passerby.cli.options import DataFolder, SiteFile
from passerby.domain.errors import PasserbyError
from passerby.text import iso_time, percent, printable, utc_minute
from passerby.units import MINUTE_S

disclosure_app = typer.Typer(help="Published numbers: explain, preview.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@disclosure_app.command("explain")
def explain(
    site: SiteFile,
    place: Annotated[str, typer.Argument(metavar="LINE", help="Name of the line or zone.")],
    day: Annotated[str, typer.Argument(metavar="DAY", help="Day by the site's clock, such as 2026-01-31.")],
    camera: Annotated[str | None, typer.Option("--camera", help="Only the one of this camera.")] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what was measured, drawn, published and withheld of a line's day, and why; the audit log says who looked."""
    from passerby.admin.governance.disclosure import explain_numbers

    numbers = explain_numbers(site, place, _day(day), camera, data)
    if as_json:
        rows = [{**asdict(one), "from": iso_time(one.from_ns), "to": iso_time(one.to_ns)} for one in numbers]
        typer.echo(json.dumps([{k: v for k, v in row.items() if k not in ("from_ns", "to_ns")} for row in rows]))
        return
    table = Table("camera", "from", "class", "way", "for", "measured", "drawn", "published", "why")
    for one in numbers:
        table.add_row(
            printable(one.camera), utc_minute(one.from_ns), one.group.value, one.way.value, one.audience.value,
            _number(one.measured), _number(one.drawn), _number(one.published), one.why,
        )  # fmt: skip
    Console(highlight=False).print(table)


@disclosure_app.command("preview")
def preview(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show what will go out, to whom and how often it is withheld, going by the last 24 hours; nothing is drawn."""
    from passerby.admin.governance.disclosure import preview_numbers

    found = preview_numbers(site, data)
    audiences = {audience.value: recipient for audience, recipient in found.publish.audiences.items()}
    if as_json:
        rows = [asdict(each) for each in found.counters]
        outlets = {one.name: one.sentence for one in found.publish.outlets}
        document = {"licence": found.publish.licence, "audiences": audiences, "outlets": outlets, "counters": rows}
        typer.echo(json.dumps(document))
        return
    console = Console(highlight=False)
    console.print(f"Licence: {found.publish.licence}")
    for audience, recipient in audiences.items():
        console.print(f"For {audience}: {printable(recipient)}", markup=False)
    for one in found.publish.outlets:
        console.print(f"Outlet {printable(one.name)}: {printable(one.sentence)}", markup=False, soft_wrap=True)
    table = Table("camera", "counter", "for", "bins", "numbers", "published", "withheld", "gaps", "error by noise")
    for row in found.counters:
        error = "-" if row.error is None else percent(row.error)
        table.add_row(
            printable(row.camera), printable(row.place), row.audience.value, f"{row.bin_s // MINUTE_S} min",
            str(row.numbers), f"{row.published:.0f}", f"{row.withheld:.0f}", str(row.gaps), error,
        )  # fmt: skip
    console.print(table)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PasserbyError(f"DAY: {text!r} is no date. Write it as 2026-01-31") from None


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)
