"""`passerby doctor`: looks at everything that a service needs, and says what to do."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from passerby.admin.findings import Finding, Verdict
from passerby.cli.service import DataFolder, SiteFile

_STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red"}


def doctor(
    site: SiteFile,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Look at everything that a service needs; exit code 1 when something would keep it from running."""
    from passerby.admin.doctor import examine  # loads what speaks to databases

    console = Console(highlight=False)
    findings: list[Finding] = []
    for finding in examine(site, data):
        findings.append(finding)
        if not as_json:
            _show(finding, console)
    failed = sum(finding.verdict is Verdict.FAIL for finding in findings)
    if as_json:
        typer.echo(json.dumps({"sound": not failed, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        warned = sum(finding.verdict is Verdict.WARN for finding in findings)
        console.print(f"\n{len(findings)} looked at: {failed} to mend, {warned} to think about.")
    if failed:
        raise typer.Exit(1)


def _show(finding: Finding, console: Console) -> None:
    mark = (f"{finding.verdict.value:<5}", _STYLES[finding.verdict])
    console.print(Text.assemble(mark, (finding.name, "bold"), f": {finding.why}"), soft_wrap=True)
    if finding.do:
        console.print(Text(f"     → {finding.do}"), soft_wrap=True)
