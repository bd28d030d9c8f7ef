"""`passerby backup | restore`: copies of a site's database and site file."""

from pathlib import Path
from typing import Annotated

import typer

from passerby.admin.backup import back_up_site, restore_site
from passerby.admin.camera_passwords import listed
from passerby.cli.options import DataFolder, SiteFile


def backup(
    site: SiteFile,
    out: Annotated[Path, typer.Option("--out", help="Folder in which the backup gets a folder of its own.")],
    data: DataFolder = None,
) -> None:
    """Back up the database and the site file, while the service runs or not."""
    made = back_up_site(site, out, data)
    typer.echo(f"Written: {made.folder}")
    if made.left_out:
        typer.echo("The site file's secrets are not in it: their key is not to be had here. Note them elsewhere.")
    elif made.secrets:
        typer.echo("Its secrets are encrypted, and the key is not in it: keep a copy of secrets.key elsewhere.")
    typer.echo("Keep it where only those may read it who may read the results.")


def restore(
    site: SiteFile,
    backup_folder: Annotated[
        Path, typer.Argument(metavar="BACKUP", help="A folder that `passerby backup` made, or the file in it.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a database that holds something.")] = False,
    data: DataFolder = None,
) -> None:
    """Put a backup back in place; the service must not run, and a site file that is there stays as it is."""
    store = restore_site(site, backup_folder, force=force, data=data)
    typer.echo(f"Restored from {store}. Start passerby again.")
    for row in listed(site, data):
        if row.fault:
            typer.echo(f"The password of camera {row.camera}: {row.fault}.", err=True)
