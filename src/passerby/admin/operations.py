"""What a sysadmin does to a service: back up, restore, have an edit taken in, ask for a link, prove retention."""

import asyncio
import os
import re
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.config.loader import load_site
from passerby.config.service import ServiceSite, load_service, service_site
from passerby.config.site_storage import folder_of, text_of, write_site
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.retention import DeletionRun, RetentionLine
from passerby.engine.service_folder import ServiceFolder, is_running, service_folder, supervisor
from passerby.files import PRIVATE

SITE_IN_BACKUP = "site.yaml"
LINK_WAIT_S = 5.0
_LOOK_AGAIN_S = 0.1
_LINK = re.compile(r"^https?://[\x21-\x7e]{1,500}$")


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
    url = _url(service, data)
    _check_database(url)
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
    """Puts a backup back in place; returns the database's file in it.

    Args:
        site: where the site file is, or is to be; one that is there stays as it is.
        backup: a folder that `back_up_site` made, or the database's file in it.
        force: overwrite a database that holds something.
        data: the data folder, where the site file does not say it.

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


def apply_site(site: Path, data: Path | None = None) -> int:
    """Has a running service take in its site file; returns the supervisor's process number.

    Raises:
        SiteFileError: the file has faults; nothing was asked for.
        PasserbyError: no service runs, or it is somebody else's.
    """
    load_site(site)  # secrets are the service's business: its environment may hold what this one does not
    folder = folder_of(site, data)
    number = supervisor(folder)
    if number is None:
        raise PasserbyError(f"{folder.path}: no passerby runs on this folder. Start it with `passerby run {site}`")
    _tell(number, signal.SIGHUP)
    return number


def new_link(folder: ServiceFolder, wait_s: float = LINK_WAIT_S) -> str:
    """A new one-time link to the page of a running service.

    Raises:
        PasserbyError: no service runs, it is somebody else's, or it does not answer.
    """
    number = supervisor(folder)
    if number is None:
        raise PasserbyError(f"{folder.path}: no passerby runs on this folder, so there is nothing to open")
    before = _link_written_ns(folder)
    _tell(number, signal.SIGUSR1)
    until_s = time.monotonic() + wait_s
    while time.monotonic() < until_s:
        time.sleep(_LOOK_AGAIN_S)
        if _link_written_ns(folder) not in (None, before):
            link = folder.link.read_text(encoding="utf-8").strip()
            if _LINK.match(link):
                return link
    raise PasserbyError("the hub did not answer with a link. See `passerby status`, and try again")


def _link_written_ns(folder: ServiceFolder) -> int | None:
    try:
        return folder.link.stat().st_mtime_ns
    except OSError:
        return None


def _tell(number: int, what: signal.Signals) -> None:
    try:
        os.kill(number, what)
    except OSError as error:
        raise PasserbyError(
            f"the supervisor (process {number}) cannot be told: {error.strerror}. Run this as the account that "
            "passerby runs as"
        ) from None


@dataclass(frozen=True, slots=True)
class RetentionProof:
    """What is stored held against its limits, and the record of what was deleted.

    Attributes:
        lines: one a kind of result.
        runs: the deletion runs, oldest first.
    """

    lines: tuple[RetentionLine, ...]
    runs: tuple[DeletionRun, ...]

    @property
    def kept(self) -> bool:
        """Every limit is kept."""
        return all(line.kept for line in self.lines)


def retention_proof(site: Path, data: Path | None = None) -> RetentionProof:
    """Looks into the store whether anything is older than its limit.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read.
    """
    service = load_service(site, os.environ, passwords=False)
    url = _url(service, data)
    _check_database(url)
    return asyncio.run(_proof(service, url))


async def _proof(service: ServiceSite, url: str) -> RetentionProof:
    from passerby.store.opening import open_store

    store = await open_store(url, zone=ZoneInfo(service.plan.time_zone), retention=service.plan.retention)
    try:
        return RetentionProof(await store.retention_report(), await store.deletion_runs())
    finally:
        await store.close()


def _url(service: ServiceSite, data: Path | None) -> str:
    return service_folder(service.plan.name, service.plan.data, data).store_url(service.plan.store_url)


def _check_database(url: str) -> None:
    """A file that is not there must not be made by looking for it."""
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).is_file():
        raise PasserbyError(
            f"{path}: there is no database here yet. Has passerby run with this site file? If its data folder is "
            "elsewhere, name it with --data"
        )
