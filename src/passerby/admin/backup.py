"""Backing up and restoring a site: its database and its site file."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from passerby.config.service import ServiceSite, load_service, service_site
from passerby.config.site_storage import text_of, withdraw_copy, write_site
from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import is_running, service_folder
from passerby.files import PRIVATE

SITE_IN_BACKUP = "site.yaml"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        folder: all of it.
        store: the database's file in it.
        site: the site file in it, secrets included.
    """

    folder: Path
    store: Path
    site: Path


def back_up_site(site: Path, out: Path, data: Path | None = None) -> Backup:
    """Writes the database and the site file to a new folder below `out`, while the service runs or not.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        OutputError: the folder cannot be made.
        StoreError: the database cannot be read.
    """
    from passerby.store.backup.archive import back_up  # a quarter of a second of imports that only this needs

    service = load_service(site, os.environ, passwords=False)
    url = store_url(service, data)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = out / f"passerby-{stamp}"
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise OutputError(f"{folder}: the folder cannot be made: {error.strerror}. Choose another place") from None
    store = asyncio.run(back_up(url, folder))
    kept = folder / SITE_IN_BACKUP
    write_site(kept, text_of(site), mode=PRIVATE)
    return Backup(folder, store, kept)


def restore_site(site: Path, backup: Path, *, force: bool = False, data: Path | None = None) -> Path:
    """Puts a backup back in place, and returns the database's file in it.

    Args:
        site: where the site file is, or is to be; one that is there stays as it is.
        backup: a folder that `back_up_site` made, or the database's file in it.
        force: overwrite a database that holds something.
        data: the data folder, where the site file does not name it.

    Raises:
        PasserbyError: the service runs, or this is no backup.
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be restored.
    """
    from passerby.store.backup.archive import restore

    folder, store = _found_in(backup)
    text, name = _site_text(site, folder / SITE_IN_BACKUP)
    service = service_site(text, name, site.absolute().parent, os.environ, passwords=False)
    state = service_folder(service.plan.name, service.plan.data, data)
    if is_running(state):
        raise PasserbyError(f"{state.path}: passerby runs on this folder. Stop it first, then restore")
    state.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(restore(state.store_url(service.plan.store_url), store, force=force))
    withdraw_copy(state.path)
    if not site.exists():
        write_site(site, text, mode=PRIVATE)
    return store


def _found_in(backup: Path) -> tuple[Path, Path]:
    """The folder of a backup, and the database's file in it."""
    if backup.is_file():
        return backup.parent, backup
    files = [path for path in backup.glob("*") if path.is_file() and path.name != SITE_IN_BACKUP]
    if len(files) != 1:
        got = "no folder and no file" if not backup.exists() else f"a folder with {len(files)} possible files"
        raise PasserbyError(f"{backup}: a folder that `passerby backup` made is needed, or the file in it; got {got}")
    return backup, files[0]


def _site_text(site: Path, kept: Path) -> tuple[str, str]:
    if site.exists() or not kept.exists():
        return text_of(site), str(site)
    return text_of(kept), str(kept)


def store_url(service: ServiceSite, data: Path | None) -> str:
    """Returns the URL of a site's database.

    Args:
        service: the site.
        data: the data folder, where the site file does not name it.

    Raises:
        PasserbyError: it is an SQLite file that is not there; opening it would make one.
    """
    url = service_folder(service.plan.name, service.plan.data, data).store_url(service.plan.store_url)
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).is_file():
        raise PasserbyError(
            f"{path}: there is no database here yet. Has passerby run with this site file? If its data folder is "
            "elsewhere, name it with --data"
        )
    return url
