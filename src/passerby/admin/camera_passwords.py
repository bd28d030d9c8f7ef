"""The cameras' passwords as who runs the machine sees them: listed, encrypted anew, taken out of the site file."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.secrets.plain_passwords import without_passwords
from passerby.config.service import ServiceSite, load_service, service_site
from passerby.config.texts.site_storage import text_of, write_site
from passerby.domain.access import machine_name
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.sources import PasswordPlace
from passerby.engine.service_folder import is_running, service_folder

if TYPE_CHECKING:
    from passerby.camera_secrets.keeper import CameraPasswords, Rotation


@dataclass(frozen=True, slots=True)
class ListedPassword:
    """One camera's password, without the password.

    Attributes:
        camera: the camera's name.
        place: where it is kept.
        set_ns: UTC nanoseconds at which an encrypted one was set; None for others.
        fault: why it cannot be opened, or is used for nothing; empty where nothing is wrong.
    """

    camera: str
    place: PasswordPlace
    set_ns: int | None = None
    fault: str = ""


def listed(site: Path, data: Path | None = None) -> tuple[ListedPassword, ...]:
    """Returns the cameras of a site in the order of its file, then those whose encrypted password fits none of them.

    Raises:
        SiteFileError: the site file has faults.
        CameraSecretError: the encrypted passwords cannot be read.
    """
    service = load_service(site, os.environ, passwords=False)
    kept = _kept(service, data)
    cameras, read, stored = service.plan.cameras, kept.read(withheld=True), kept.stored()
    rows = []
    for camera in cameras:
        row = stored.of(camera.name, camera.source)
        if camera.name in service.own_passwords or row is None:
            place = PasswordPlace.OUTSIDE if camera.name in service.own_passwords else PasswordPlace.NONE
            rows.append(ListedPassword(camera.name, place))
            continue
        fault = ""
        try:
            read.password(camera.name, camera.source)
        except PasserbyError as error:
            fault = str(error)
        rows.append(ListedPassword(camera.name, PasswordPlace.ENCRYPTED, row.set_ns, fault))
    sources = {each.name: each.source for each in cameras if each.name not in service.own_passwords}
    why = "fits no camera as it is now; it is removed when the service applies its site file"
    rows += [ListedPassword(r.camera, PasswordPlace.ENCRYPTED, r.set_ns, why) for r in stored.stray(sources)]
    return tuple(rows)


def rotate(site: Path, data: Path | None = None) -> "Rotation":
    """Makes a new key and encrypts all passwords with it, while the service runs or not; it is audited.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the act cannot be audited; nothing was changed.
        CameraSecretError: a password cannot be opened, or a file cannot be written.
    """
    service = load_service(site, os.environ, passwords=False)
    return asyncio.run(_rotated(service, store_url(service, data), _kept(service, data)))


async def _rotated(service: ServiceSite, url: str, kept: "CameraPasswords") -> "Rotation":
    from passerby.camera_secrets.audited import AuditedPasswords
    from passerby.store.opening import open_site_store

    async with open_site_store(url, service.plan) as store:
        return await AuditedPasswords(store, kept).rotate(machine_name(machine_user()))


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken out of a site file.

    Attributes:
        cameras: whose password is kept encrypted now.
        running: the service runs, so that it has to be asked to take the file in.
    """

    cameras: tuple[str, ...]
    running: bool


def take(site: Path, data: Path | None = None) -> Taken:
    """Keeps the passwords that stand in the site file encrypted, and takes them out of it; each is audited.

    The file is written last: interrupted before, the passwords stand in both places, and it can be done again.

    Raises:
        SiteFileError: the site file has faults, or a password stands where it cannot be taken out safely.
        StoreError: the act cannot be audited.
        CameraSecretError: there is no key to encrypt with, or a file cannot be written.
        OutputError: the site file cannot be written; it is as it was.
    """
    text = text_of(site)
    service = service_site(text, str(site), site.absolute().parent, os.environ, passwords=False)
    plain = [key for key in service.in_plain if key != "store.url"]
    names = tuple(key.removeprefix("cameras.").removesuffix(".source.password") for key in plain)
    folder = service_folder(service.plan.name, service.plan.data, data)
    if not names:
        return Taken((), is_running(folder))
    taken = without_passwords(text, names, str(site))
    asyncio.run(_taken(service, store_url(service, data), _kept(service, data), names))
    if text_of(site) != text:
        raise SiteFileError([f"{site}: it was edited meanwhile, so the passwords are still in it. Run this again"])
    write_site(site, taken)
    return Taken(names, is_running(folder))


async def _taken(service: ServiceSite, url: str, kept: "CameraPasswords", names: tuple[str, ...]) -> None:
    from passerby.camera_secrets.audited import AuditedPasswords
    from passerby.store.opening import open_site_store

    if kept.ring() is None:
        kept.needed_ring()  # raises what is wrong with it
    async with open_site_store(url, service.plan) as store:
        audited, actor = AuditedPasswords(store, kept), machine_name(machine_user())
        for camera in service.plan.cameras:
            if camera.name in names:
                await audited.set(camera.name, camera.source, camera.source.password, actor, "out of the site file")


def _kept(service: ServiceSite, data: Path | None) -> "CameraPasswords":
    from passerby.camera_secrets.keeper import CameraPasswords  # needs the packages of a service

    folder = service_folder(service.plan.name, service.plan.data, data)
    return CameraPasswords(folder.path, os.environ)
