"""`passerby audit`: verify, prove, list, erase, checkpoint, renew, and the witness of another machine's log."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from passerby.admin.audit_log.audit import (
    checkpoint,
    entries,
    erased,
    erased_about,
    proof_in,
    proved,
    public_key,
    renewed,
    verified,
)
from passerby.cli.hints import filled, keep_site
from passerby.cli.options import DataFolder, SiteFile
from passerby.domain.audit_reports import LogReport, UsedCheckpoint
from passerby.domain.errors import PasserbyError
from passerby.text import printable, utc_time

audit_app = typer.Typer(
    help="The audit log: verify, prove, list, erase, checkpoint, renew, witness.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Keys = Annotated[list[str], typer.Option("--key", help="Public key of the log, instead of the data folder's own.")]
WitnessKeys = Annotated[list[str], typer.Option("--witness-key", help="Public key of a witness.")]


@audit_app.command("verify")
def verify(
    site: Annotated[
        Path | None, typer.Argument(help="The site file; not needed for --proof.", callback=keep_site)
    ] = None,
    kept: Annotated[
        list[Path], typer.Option("--checkpoint", help="File of a checkpoint that was kept elsewhere.")
    ] = [],  # noqa: B006 - typer copies it
    key: Keys = [],  # noqa: B006
    witness_key: WitnessKeys = [],  # noqa: B006
    proof: Annotated[Path | None, typer.Option("--proof", help="Verify a proof instead of the log.")] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Verify every entry against the tree and its checkpoints; exit code 1 when something is wrong."""
    if proof is not None:
        _show_proof(proof, key, witness_key, as_json=as_json)
        return
    if site is None:
        raise PasserbyError("verify: the site file is needed, or --proof with a file")
    reports = verified(site, data, kept, key, witness_key)
    sound = all(report.sound for report in reports)
    if as_json:
        rows = [{**asdict(one), "root": one.root.hex(), "sound": one.sound, "covered": one.covered} for one in reports]
        typer.echo(json.dumps({"sound": sound, "logs": rows}, indent=2))
    else:
        for report in reports:
            _show(report)
    if not sound:
        raise typer.Exit(1)


@audit_app.command("prove")
def prove(
    site: SiteFile,
    index: Annotated[int, typer.Argument(help="Number of the entry, as `passerby audit list` shows it.")],
    log: Annotated[int | None, typer.Option("--log", help="Number of the log; the last one by default.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to a file (.tlog-proof).")] = None,
    data: DataFolder = None,
) -> None:
    """Print the proof that an entry is in the log; who gets it can read that entry, and no other."""
    from passerby.audit.proofs import proof_text
    from passerby.files import write_whole

    text = proof_text(proved(site, data, index, log))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode("utf-8"))
        typer.echo(f"Written: {out}")


@audit_app.command("list")
def list_entries(
    site: SiteFile,
    last: Annotated[int, typer.Option("--last", min=1, max=100_000, help="How many entries.")] = 50,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show the last entries."""
    rows = entries(site, data, last)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("log", "entry", "time", "who", "what", "to what", "purpose", "case", "more")
    for row in rows:
        if row.entry is not None:
            one = row.entry
            time_text = utc_time(one.time_ns // 1000 * 1000)
            texts = (one.actor, one.action, one.subject, one.purpose, one.case, one.detail.partition("\n")[0])
            table.add_row(str(row.log), str(row.index), time_text, *(Text(printable(text)) for text in texts))
    Console(highlight=False).print(table)


@audit_app.command("checkpoint")
def sign(
    site: SiteFile,
    out: Annotated[Path | None, typer.Option("--out", help="Write the checkpoint to a file.")] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Sign the log as it is now, and print the checkpoint; keep it where the log's own machine cannot write."""
    from passerby.files import write_whole

    note, key = checkpoint(site, data)
    if out is not None:
        write_whole(out, note.encode("utf-8"))
    if as_json:
        typer.echo(json.dumps({"checkpoint": note, "key": key}))
    else:
        typer.echo(note, nl=False)
        typer.echo(f"\nPublic key of the log: {key}", err=True)


@audit_app.command("key")
def key_of(site: SiteFile, data: DataFolder = None) -> None:
    """Print the public key that checkpoints of the log are verified with."""
    typer.echo(public_key(site, data))


@audit_app.command("erase")
def erase(
    site: SiteFile,
    why: Annotated[str, typer.Option("--why", help="Why; it is kept in the log.")],
    index: Annotated[list[int] | None, typer.Argument(help="Numbers of entries.")] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="All entries of this account, and those about it, instead.")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Erase what entries say for good; their hashes stay, and a new entry names them."""
    if bool(index) == (account is not None):
        raise PasserbyError("give numbers of entries, or --account")
    count = erased(site, data, index or [], why) if account is None else erased_about(site, data, account, why)
    typer.echo(f"Erased: {count}. A new entry names what was erased.")


@audit_app.command("renew")
def renew(
    site: SiteFile,
    why: Annotated[str, typer.Option("--why", help="What happened to the log; it is kept in the new one.")],
    data: DataFolder = None,
) -> None:
    """Begin a new log, after it is known why the last one is broken; that one stays as it is."""
    head = renewed(site, data, why)
    typer.echo(f"Log {head.number} has begun: {head.origin}. Its first entry names the one before.")
    typer.echo(filled("Give witnesses its public key: `passerby audit key SITE.yaml` prints it."))


@audit_app.command("witness")
def witness(
    address: Annotated[str, typer.Argument(help="Address of the hub, such as https://passerby.example.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where checkpoints are kept, on another machine.")],
    name: Annotated[str, typer.Option("--name", help="Name of the witness, such as ngo.example/witness.")] = "witness",
    key: Annotated[str | None, typer.Option("--key", help="Public key of the log, got by another way.")] = None,
    every_s: Annotated[
        float | None, typer.Option("--every", min=1, help="Look again after so many seconds, until it is stopped.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep another machine's checkpoints and sign that each continues the last; exit code 1 when one does not."""
    from passerby.admin.audit_log.witness import look_of, witness_of
    from passerby.audit.notes import NoteError

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        watching = witness_of(address, folder, name, key)
    except NoteError as error:
        raise PasserbyError(str(error)) from None
    while True:
        try:
            found = look_of(watching)
            typer.echo(json.dumps(found) if as_json else _look_text(found))
        except (PasserbyError, NoteError) as error:
            if every_s is None:
                raise PasserbyError(str(error)) from None
            console.print(f"[bold red]passerby:[/] {escape(str(error))}")
        if every_s is None:
            return
        time.sleep(every_s)


def _look_text(found: dict[str, object]) -> str:
    words = {"first": "first look", "same": "unchanged", "grown": f"grown from {found['before']} entries"}
    text = f"{found['log']}: {found['size']} entries, {words[str(found['step'])]}. Kept: {found['file']}"
    if found["key_taken_as_served"]:
        text += "\nThe log's key was taken as it was served. Compare it with the one that the operator publishes."
    return text


def _show(report: LogReport) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text.assemble((report.origin, "bold"), f": {report.size} entries, {report.erased} of them erased"))
    console.print(f"  root {report.root.hex()}", markup=False)
    for finding in report.findings:
        console.print(Text.assemble("  ", (finding.fault.value, "bold red"), f": {finding.why}"))
    if report.sound:
        console.print(Text("  Nothing was changed, removed, inserted or moved.", style="green"))
    for text in references_text(report):
        console.print(f"  {text}", markup=False)


def references_text(report: LogReport) -> list[str]:
    """Returns what a log was held against, in sentences: what that can show, and what it cannot."""
    elsewhere = [one for one in report.checkpoints if one.elsewhere]
    own = [one for one in report.checkpoints if not one.elsewhere]
    texts = [_used_text(one) for one in elsewhere]
    if own:
        newest = max(own, key=lambda one: one.size)
        texts.append(
            f"Held against {len(own)} checkpoints kept beside it, the newest of {newest.size} entries{_key(newest)}."
        )
    if report.covered:
        rest = report.size - report.covered
        texts.append(f"The first {report.covered} entries are those of a checkpoint kept elsewhere; {rest} are newer.")
    else:
        texts.append(
            "No checkpoint kept elsewhere vouches for this log: if it was cut off, or rewritten with a stolen key, it "
            "would look the same. Give one with --checkpoint."
        )
    return texts


def _used_text(one: UsedCheckpoint) -> str:
    agrees = "agrees" if one.agrees else "does not agree"
    by = f", and by the witness {', '.join(one.witnesses)}" if one.witnesses else ""
    return f"{one.where}: {one.size} entries, kept elsewhere{_key(one)}{by}; it {agrees}."


def _key(one: UsedCheckpoint) -> str:
    return ", signed by the log's key" if one.signed else ", whose signature could not be verified (no key: --key)"


def _show_proof(file: Path, keys: list[str], witnesses: list[str], *, as_json: bool) -> None:
    found = proof_in(file, keys, witnesses)
    signed, names = found.checkpoint.checkpoint, found.checkpoint.witnesses
    if as_json:
        row = {"index": found.index, "entry": asdict(found.entry), "log": signed.origin, "size": signed.size}
        typer.echo(json.dumps({**row, "witnesses": names}, indent=2))
        return
    typer.echo(f"Entry {found.index} of {signed.origin} ({signed.size} entries) is proved:")
    for name, value in asdict(found.entry).items():
        shown = utc_time(value) if name == "time_ns" else printable(str(value))
        typer.echo(f"  {name.removesuffix('_ns')}: {shown}")
    if names:
        typer.echo(f"  cosigned by {', '.join(names)}")
