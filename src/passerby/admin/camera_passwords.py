"""The cameras' passwords as an administrator of the machine sees them: names and faults, and a new key."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.service import ServiceSite, load_service
from passerby.domain.access import machine_name
from passerby.domain.errors import PasserbyError
from passerby.domain.sources import PasswordPlace
from passerby.engine.service_folder import service_folder

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
    cameras, read = service.plan.cameras, kept.read(withheld=True)
    rows = []
    for camera in cameras:
        row = kept.row(camera.name, camera.source)
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
    stray = kept.stray(sources)
    why = "fits no camera as it is now; it is removed when the service applies its site file"
    rows += [ListedPassword(r.camera, PasswordPlace.ENCRYPTED, r.set_ns, why) for r in kept.rows() if r.camera in stray]
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


def _kept(service: ServiceSite, data: Path | None) -> "CameraPasswords":
    from passerby.camera_secrets.keeper import CameraPasswords  # needs the packages of a service

    folder = service_folder(service.plan.name, service.plan.data, data)
    return CameraPasswords(folder.path, os.environ)
