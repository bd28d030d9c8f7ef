"""Backing up and restoring a site: its database and its site file."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from passerby.config.loader import whereabouts
from passerby.config.secrets.redaction import redacted
from passerby.config.service import ServiceSite, load_service, service_site
from passerby.config.texts.site_storage import text_of, withdraw_copy, write_site
from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import (
    CAMERA_PASSWORDS_FILE,
    SECRETS_KEY_FILE,
    ServiceFolder,
    is_running,
    service_folder,
)
from passerby.files import PRIVATE, write_private

SITE_IN_BACKUP = "site.yaml"
SITE_SECRETS = "site.encrypted"
"""The site file with its secrets, encrypted; only where it has some."""

_BESIDE_STORE = (SITE_IN_BACKUP, SITE_SECRETS, CAMERA_PASSWORDS_FILE)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        folder: all of it.
        store: the database's file in it.
        site: the site file in it, without its secrets.
        secrets: what of it holds secrets, encrypted; the key is not in it.
        left_out: the site file's secrets are not in it at all, as there is no key to encrypt them with.
    """

    folder: Path
    store: Path
    site: Path
    secrets: tuple[Path, ...] = ()
    left_out: bool = False


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
    text = text_of(site)
    without = redacted(text)
    # Not by the keys that are reported as secrets in plain: the address of a webhook may hold one, too.
    plain = without != text
    write_site(folder / SITE_IN_BACKUP, without if plain else text, mode=PRIVATE)
    state = service_folder(service.plan.name, service.plan.data, data)
    secrets = _back_up_secrets(state, folder, text if plain else "")
    return Backup(folder, store, folder / SITE_IN_BACKUP, secrets, plain and folder / SITE_SECRETS not in secrets)


def _back_up_secrets(state: ServiceFolder, folder: Path, text: str) -> tuple[Path, ...]:
    """Writes what holds secrets, encrypted, and returns its files; no site file where there is no key for it.

    Args:
        state: the data folder.
        folder: the backup's.
        text: the site file with its secrets; empty where it has none.
    """
    from passerby.camera_secrets.keeper import CameraPasswords
    from passerby.camera_secrets.stored import write_passwords
    from passerby.camera_secrets.whole_file import encrypted_text

    kept, written = CameraPasswords(state.path, os.environ), []
    passwords = kept.stored()
    if passwords.rows:
        write_passwords(folder / CAMERA_PASSWORDS_FILE, passwords)
        written.append(folder / CAMERA_PASSWORDS_FILE)
    ring = kept.ring() if text else None
    if ring is not None:
        write_private(folder / SITE_SECRETS, encrypted_text(text, ring), lasting=True)
        written.append(folder / SITE_SECRETS)
    return tuple(written)


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
    text, name = _site_text(site, folder, data)
    service = service_site(text, name, site.absolute().parent, os.environ, passwords=False)
    state = service_folder(service.plan.name, service.plan.data, data)
    if is_running(state):
        raise PasserbyError(f"{state.path}: passerby runs on this folder. Stop it first, then restore")
    state.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(restore(state.store_url(service.plan.store_url), store, force=force))
    withdraw_copy(state.path)
    if not site.exists():
        write_site(site, text, mode=PRIVATE)
    _restore_passwords(folder, state.path, force=force)
    return store


def _restore_passwords(folder: Path, state: Path, *, force: bool) -> None:
    """Puts the encrypted passwords of a backup back; those that are there stay, unless they are to be overwritten."""
    from passerby.camera_secrets.stored import read_passwords, write_passwords

    file = state / CAMERA_PASSWORDS_FILE
    if (folder / CAMERA_PASSWORDS_FILE).exists() and (force or not file.exists()):
        write_passwords(file, read_passwords(folder / CAMERA_PASSWORDS_FILE))


def _found_in(backup: Path) -> tuple[Path, Path]:
    """The folder of a backup, and the database's file in it."""
    if backup.is_file():
        return backup.parent, backup
    files = [path for path in backup.glob("*") if path.is_file() and path.name not in _BESIDE_STORE]
    if len(files) != 1:
        got = "no folder and no file" if not backup.exists() else f"a folder with {len(files)} possible files"
        raise PasserbyError(
            f"{backup}: a folder that `passerby backup SITE.yaml --out FOLDER` made is needed, or "
            f"the file in it; got {got}"
        )
    return backup, files[0]


def _site_text(site: Path, folder: Path, data: Path | None) -> tuple[str, str]:
    """The site file's text and name: of the one that is there, or else of the backup's, with its secrets."""
    kept, secrets = folder / SITE_IN_BACKUP, folder / SITE_SECRETS
    if site.exists() or not kept.exists():
        return text_of(site), str(site)
    if not secrets.exists():
        return text_of(kept), str(kept)
    from passerby.camera_secrets.errors import CameraSecretError
    from passerby.camera_secrets.keeper import CameraPasswords
    from passerby.camera_secrets.whole_file import decrypted_text

    title, named = whereabouts(kept)
    state = service_folder(title, None if named is None else site.absolute().parent / named, data)
    try:
        return decrypted_text(
            text_of(secrets), CameraPasswords(state.path, os.environ).needed_ring(), str(secrets)
        ), str(kept)
    except CameraSecretError as error:
        raise PasserbyError(
            f"{error}. The site file of this backup has secrets, which open with the key that was kept apart from it: "
            f"{state.path / SECRETS_KEY_FILE}. Without it, write {site} from {kept}, with its secrets anew, and restore"
        ) from None


def store_url(service: ServiceSite, data: Path | None) -> str:
    """Returns the URL of a site's database.

    Args:
        service: the site.
        data: the data folder, where the site file does not name it.

    Raises:
        PasserbyError: it is an SQLite file that is not there; opening it would make one.
    """
    return service_folder(service.plan.name, service.plan.data, data).existing_store_url(service.plan.store_url)
