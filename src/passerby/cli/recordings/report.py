"""`passerby report`: what traffic engineers compute from counts, as HTML, PDF, a spreadsheet and JSON."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from passerby.admin.extras import check_modules
from passerby.cli.options import CameraName
from passerby.cli.recordings.outputs import check_apart, check_output
from passerby.domain.counted_period import CountedPeriod
from passerby.domain.errors import PasserbyError
from passerby.domain.passenger_cars import car_equivalents
from passerby.files import write_whole
from passerby.recordings.reported.files import reported_counts
from passerby.recordings.reported.stored import Span, stored_counts
from passerby.report.traffic.compiled import traffic_report
from passerby.report.traffic.document import TrafficReport
from passerby.report.traffic.forms.writing import NEEDS, writer_of
from passerby.text import printable


def report(
    counts: Annotated[
        Path | None,
        typer.Argument(help="A count's file: JSON (it says most), CSV or Parquet; without one the service's store."),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Another count's file, to stand beside the first.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one HTML file, without scripts.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write a PDF on A4.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a spreadsheet.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write JSON, for programs.")] = None,
    site: Annotated[
        Path | None,
        typer.Option("--site", help="The site file: time zone, lines and movements; and where the store is."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="The service's data folder, where the site file does not name it.")
    ] = None,
    camera: CameraName = None,
    start: Annotated[
        datetime | None, typer.Option("--from", help="Of the store: where the period begins, by the site's clock.")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="Of the store: where it ends.")] = None,
    compare_from: Annotated[
        datetime | None, typer.Option("--compare-from", help="Of the store: where the period to compare begins.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Of a file: the time zone to show, such as Europe/Berlin.")
    ] = None,
    pcu: Annotated[
        list[str] | None, typer.Option("--pcu", help="What a class counts for in cars, as truck=2.5; may be repeated.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="The title; else the camera's name.")] = None,
) -> None:
    """Write a traffic report: peak hour, turning matrix, speeds, headways, level of service, passenger-car units."""
    wanted = {"html": html, "pdf": pdf, "xlsx": xlsx, "json": json_out}
    outputs = {form: path for form, path in wanted.items() if path is not None}
    if not outputs:
        raise PasserbyError("say what is to be written: --html, --pdf, --xlsx or --json, each with a file's name.")
    check_modules("report", [module for form in outputs for module in NEEDS[form]])
    for path in outputs.values():
        check_output(path)
    check_apart([*outputs.values()], [path for path in (counts, compare, site) if path])
    table = car_equivalents(dict(map(_equivalent, pcu or ())))
    if counts is not None:
        if start or end or compare_from:
            raise PasserbyError(f"--from, --to: these are of the store, and {counts} was given. Leave one of them out.")
        periods = reported_counts(tuple(path for path in (counts, compare) if path), site, camera, zone)
    else:
        periods = _stored(site, data, camera, compare, (start, end, compare_from))
    found = traffic_report(periods, table, title)
    for form, path in outputs.items():
        write_whole(path, writer_of(form)(found))
    _show(found, list(outputs.values()))


def _equivalent(text: str) -> tuple[str, float]:
    word, equals, number = text.partition("=")
    try:
        if not equals:
            raise ValueError(text)
        return word.strip().replace(" ", "_"), float(number)
    except ValueError:
        raise PasserbyError(f"--pcu: a class and a number such as truck=2.5 are needed, got {text}.") from None


def _stored(
    site: Path | None,
    data: Path | None,
    camera: str | None,
    compare: Path | None,
    times: tuple[datetime | None, datetime | None, datetime | None],
) -> tuple[CountedPeriod, ...]:
    start, end, compare_from = times
    if site is None or start is None or end is None:
        raise PasserbyError(
            "what is to be reported? Name a count's file; or, of the service's store, --site SITE.yaml with --from and "
            "--to."
        )
    if compare is not None:
        raise PasserbyError("--compare: a file is compared with a file. Of the store name --compare-from.")
    spans = [Span(start, end)]
    if compare_from is not None:
        spans.append(Span(compare_from, compare_from + (end - start)))
    return stored_counts(site, data, camera, tuple(spans))


def _show(found: TrafficReport, written: list[Path]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(printable(found.title), style="bold")
    for line in found.subtitle:
        console.print(printable(line))
    for number, what in found.key_numbers:
        console.print(f"  {number} {what}")
    for path in written:
        console.print(f"Written: {printable(str(path))}")
