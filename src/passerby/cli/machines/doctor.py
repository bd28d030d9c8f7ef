"""`passerby doctor`: checks everything that a service needs, and names what to do."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from passerby.admin.findings import Finding, Outcome
from passerby.cli.hints import filled
from passerby.cli.options import DataFolder, SiteFile

_STYLES = {Outcome.OK: "green", Outcome.WARN: "yellow", Outcome.FAIL: "bold red"}


def doctor(
    site: SiteFile,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Check everything that a service needs; exit code 1 when something would keep it from running."""
    from passerby.admin.checks.doctor import examine  # loads the drawing of letters, which other commands do not need

    console = Console(highlight=False)
    findings: list[Finding] = []
    for finding in examine(site, data):
        findings.append(finding)
        if not as_json:
            _show(finding, console)
    failed = sum(finding.outcome is Outcome.FAIL for finding in findings)
    if as_json:
        typer.echo(json.dumps({"sound": not failed, "findings": [_row(finding) for finding in findings]}, indent=2))
    else:
        warned = sum(finding.outcome is Outcome.WARN for finding in findings)
        console.print(f"\n{len(findings)} checked: {failed} to mend, {warned} to think about.")
    if failed:
        raise typer.Exit(1)


def _row(finding: Finding) -> dict[str, str]:
    return {
        "name": finding.name,
        "verdict": finding.outcome.value,
        "why": filled(finding.why),
        "do": filled(finding.do),
    }


def _show(finding: Finding, console: Console) -> None:
    mark = (f"{finding.outcome.value:<5}", _STYLES[finding.outcome])
    console.print(Text.assemble(mark, (finding.name, "bold"), f": {filled(finding.why)}"), soft_wrap=True)
    if finding.do:
        console.print(Text(f"     → {filled(finding.do)}"), soft_wrap=True)
