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
from passerby.domain.fleet import FleetNode, NodeInvitation, NodeState
from passerby.engine.service_folder import service_folder
from passerby.text import duration, utc_minute
from passerby.units import DAY_S, NS_PER_S

if TYPE_CHECKING:
    from passerby.domain.service import SitePlan
    from passerby.fleet.authority import SiteAuthority
    from passerby.ports import Store

Result = TypeVar("Result")

CONNECTED_S = 120
"""A hub stores twice a minute which nodes are connected."""

RENEWAL_LATE_S = 30 * DAY_S
"""A certificate that ends so soon should have been renewed three months ago."""

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


def is_connected(node: FleetNode, now_ns: int) -> bool:
    """Returns whether the hub has seen a connection of a node of late; to join is none."""
    return node.state is NodeState.JOINED and node.has_connected and now_ns - node.seen_ns < CONNECTED_S * NS_PER_S


def trouble_of(node: FleetNode, now_ns: int) -> str:
    """Returns what is wrong with a node, in words; empty where nothing is."""
    if node.state is NodeState.REVOKED:
        return f"revoked {utc_minute(node.state_ns)}"
    if node.state is NodeState.CLONED:
        return f"two machines have its key, noticed {utc_minute(node.state_ns)}: invite it again"
    if node.certificate_end_ns <= now_ns:
        return "its certificate has ended: invite it again"
    if node.certificate_end_ns - now_ns < RENEWAL_LATE_S * NS_PER_S:
        return "its certificate ends soon: let it connect"
    if node.clock_is_off:
        way = "ahead" if node.clock_off_s > 0 else "behind"
        return f"its clock is {duration(abs(node.clock_off_s))} {way}"
    return ""


def _with_store(service: ServiceSite, data: Path | None, act: "Callable[[Store], Awaitable[Result]]") -> Result:
    async def acted() -> Result:
        from passerby.store.opening import open_site_store

        async with open_site_store(store_url(service, data), service.plan) as store:
            return await act(store)

    return asyncio.run(acted())
