"""The machines of a site, as its administrator invites, lists and revokes them on the hub's own machine."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.service import ServiceSite, load_service
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import FleetNode, NodeInvitation
from passerby.engine.service_folder import service_folder

if TYPE_CHECKING:
    from passerby.domain.service import SitePlan
    from passerby.fleet.authority import SiteAuthority
    from passerby.ports import Store

Result = TypeVar("Result")

NO_FLEET = (
    "site file: it has no `fleet`, so no other machine can reach this hub. Add `fleet: {address: HOST:8443}` with the "
    "name or address at which the nodes reach this machine"
)


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the hub holds of a site's machines.

    Attributes:
        nodes: those that have joined, by name.
        invitations: those that are open, by name.
    """

    nodes: tuple[FleetNode, ...]
    invitations: tuple[NodeInvitation, ...]


def make_authority(site: Path, data: Path | None) -> "SiteAuthority":
    """Makes the authority of a site, and writes so into the audit log.

    Raises:
        PasserbyError: there is one already, or the site file has faults.
        OutputError: its files cannot be written.
        StoreError: the audit log could not be appended to.
    """
    from passerby.domain.audit import AuditEntry
    from passerby.fleet.authority import SiteAuthority

    service = load_service(site, os.environ, passwords=False)
    folder = service_folder(service.plan.name, service.plan.data, data).path

    async def made(store: "Store") -> SiteAuthority:
        authority = SiteAuthority.make(folder, service.plan.name)
        act, detail = "fleet.authority_made", f"SHA-256 {authority.fingerprint.hex()}"
        await store.append_audit(AuditEntry(time.time_ns(), machine_user(), act, authority.site, detail))
        return authority

    return _with_store(service, data, made)


def invite(site: Path, data: Path | None, node: str, pool: str, hours: int) -> str:
    """Returns a token by which one machine can join under a name, once.

    Raises:
        PasserbyError: the name is none, the site has no authority yet, or its file has no `fleet`.
        StoreError: the invitation could not be stored.
    """
    from passerby.fleet.authority import SiteAuthority
    from passerby.fleet.enrolment import Enrolment

    service = load_service(site, os.environ, passwords=False)
    fleet = service.plan.fleet
    if fleet is None:
        raise PasserbyError(NO_FLEET)
    authority = SiteAuthority.open(service_folder(service.plan.name, service.plan.data, data).path)

    async def invited(store: "Store") -> str:
        return await Enrolment(store.fleet, authority).invite(node, pool, hours, fleet.addresses, machine_user())

    return _with_store(service, data, invited)


def fleet_of(site: Path, data: Path | None) -> Fleet:
    """Returns the machines of a site; the errors are those of `invite`."""

    async def found(store: "Store") -> Fleet:
        return Fleet(await store.fleet.nodes(), await store.fleet.invitations())

    return _with_store(load_service(site, os.environ, passwords=False), data, found)


def revoke(site: Path, data: Path | None, node: str) -> None:
    """Takes a node's right to connect back.

    Raises:
        PasserbyError: there is no such node, it is revoked already, or the site has no authority.
        StoreError: it could not be stored.
    """
    from passerby.fleet.enrolment import revoke_node

    async def revoked(store: "Store") -> None:
        await revoke_node(store.fleet, node, machine_user(), time.time_ns())

    _with_store(load_service(site, os.environ, passwords=False), data, revoked)


def export_hub(site: Path, data: Path | None, file: Path) -> str:
    """Writes the keys of a site's hub for a second one, and so into the audit log; returns the code that opens them.

    Raises:
        PasserbyError: the site file has faults, there are no keys, or the file is there already.
        OutputError: the file cannot be written.
        StoreError: the audit log could not be appended to.
    """
    from passerby.camera_secrets.key_ring import key_ring
    from passerby.domain.audit import AuditEntry
    from passerby.engine.service_folder import SECRETS_KEY_FILE
    from passerby.fleet.second_hub import export_keys

    service = load_service(site, os.environ, passwords=False)
    folder = service_folder(service.plan.name, service.plan.data, data).path

    async def exported(store: "Store") -> str:
        # The site file goes from hub to hub encrypted with it, also where no password of a camera is.
        key_ring(folder / SECRETS_KEY_FILE, os.environ, make=True)
        entry = AuditEntry(time.time_ns(), machine_user(), "fleet.hub_keys_exported", service.plan.name)
        await store.append_audit(entry)
        return export_keys(folder, file)

    return _with_store(service, data, exported)


def import_hub(site: Path, data: Path | None, file: Path, code: str) -> tuple[str, ...]:
    """Puts the keys of a site's first hub into the data folder of this machine, its second; returns the files' names.

    Raises:
        PasserbyError: the site file has faults, the code does not open the file, or the folder has other keys already.
        OutputError: a key cannot be written.
    """
    from passerby.fleet.second_hub import import_keys

    service = load_service(site, os.environ, passwords=False)
    return import_keys(service_folder(service.plan.name, service.plan.data, data).path, file, code)


def open_fleet(site: Path, data: Path | None, act: "Callable[[Store, SitePlan], Awaitable[Result]]") -> Result:
    """Returns what an act on the site's store returns.

    Raises:
        PasserbyError: the site file has faults, or there is no database yet.
        StoreError: the database does not answer.
    """
    service = load_service(site, os.environ, passwords=False)
    return _with_store(service, data, lambda store: act(store, service.plan))


def _with_store(service: ServiceSite, data: Path | None, act: "Callable[[Store], Awaitable[Result]]") -> Result:
    async def acted() -> Result:
        from passerby.store.opening import open_site_store

        async with open_site_store(store_url(service, data), service.plan) as store:
            return await act(store)

    return asyncio.run(acted())
