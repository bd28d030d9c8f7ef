"""Which machines the hub takes: invitations, joining, the check of each connection, renewal and revoking."""

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Final

from passerby import __version__
from passerby.domain.audit import AuditEntry
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import (
    MAX_CLOCK_S,
    FleetNode,
    NodeInvitation,
    NodeState,
    Presented,
    Refusal,
    check_node_name,
)
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.certificates import Machine
from passerby.fleet.invitation_token import SECRET_BYTES, InvitationToken
from passerby.messages.fleet_messages import (
    OLDEST_VERSION,
    VERSION,
    Certificate,
    Hello,
    JoinWanted,
    Refused,
    RenewalWanted,
    Welcome,
    common_version,
)
from passerby.ports import FleetStore
from passerby.text import duration, utc_minute
from passerby.units import HOUR_S, NS_PER_S

INVITE_AGAIN: Final = (
    "On the hub, `passerby fleet invite SITE.yaml {node}` makes a new token; on the node, `passerby fleet join TOKEN` "
    "takes it"
)
SYSTEM: Final = "passerby"


class Enrolment:
    """Decides on machines by what the store holds of them.

    Args:
        store: nodes and invitations.
        authority: the site's.
        bytes_per_s: how much each node may send.
        clock: UTC nanoseconds now.
    """

    def __init__(
        self,
        store: FleetStore,
        authority: SiteAuthority,
        *,
        bytes_per_s: int = 0,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._store, self._authority, self._clock = store, authority, clock
        self._bytes_per_s = bytes_per_s

    async def invite(self, node: str, pool: str, hours: int, addresses: tuple[str, ...], by: str) -> str:
        """Returns the token by which one machine can join under that name, once; earlier ones of it end.

        Args:
            node: the name that the machine gets.
            pool: the group of machines that it belongs to; empty for none.
            hours: how long the token holds.
            addresses: host and port at which nodes reach each hub.
            by: who invites, for the audit log.

        Raises:
            PasserbyError: the name is none.
            StoreError: the invitation could not be stored.
        """
        check_node_name(node)
        if pool:
            check_node_name(pool)
        token = InvitationToken(addresses, self._authority.fingerprint, secrets.token_bytes(SECRET_BYTES))
        now_ns = self._clock()
        invitation = NodeInvitation(token.secret_hash, node, pool, now_ns, now_ns + hours * HOUR_S * NS_PER_S)
        detail = f"until {utc_minute(invitation.end_ns)}" + (f", pool {pool}" if pool else "")
        await self._store.add_invitation(invitation, AuditEntry(now_ns, by, "node.invited", node, detail))
        return token.text()

    async def join(self, wanted: JoinWanted) -> Certificate | Refused:
        """Takes a machine that has an invitation.

        Raises:
            StoreError: the store does not answer; the invitation is not used up.
        """
        now_ns = self._clock()
        refused = _check_version(wanted.version, wanted.oldest) or _check_clock(wanted.time_ns, now_ns)
        if refused is not None:
            return refused
        secret_hash = hashlib.sha256(bytes.fromhex(wanted.secret)).hexdigest()
        invitation = await self._store.invitation(secret_hash)
        if invitation is None:
            return Refused(
                Refusal.INVITATION, "no invitation of this site is open by this token: a newer one replaced it, or "
                "the token is of another site. Make a new one on the hub: `passerby fleet invite SITE.yaml NODE`"
            )  # fmt: skip
        enrolment = secrets.token_hex(8)
        try:
            certificate, end_ns = self._authority.node_certificate(invitation.node, enrolment, wanted.request)
        except ValueError as error:
            return Refused(Refusal.REQUEST, f"the request for a certificate is not understood: {error}")
        node = FleetNode(
            invitation.node, enrolment, NodeState.JOINED, invitation.pool, now_ns, now_ns, now_ns, end_ns,
            clock_off_s=(wanted.time_ns - now_ns) / NS_PER_S, program=wanted.program,
        )  # fmt: skip
        entry = AuditEntry(now_ns, SYSTEM, "node.joined", node.name, f"certificate until {utc_minute(end_ns)}")
        if not await self._store.join(secret_hash, node, entry):
            return _spent(invitation, await self._store.invitation(secret_hash))
        return Certificate(node.name, certificate)

    async def admit(self, machine: Machine, hello: Hello) -> Welcome | Refused:
        """Decides whether a node may connect now.

        Raises:
            StoreError: the store does not answer.
        """
        now_ns = self._clock()
        refused = _check_version(hello.version, hello.oldest) or _check_clock(hello.time_ns, now_ns)
        if refused is not None:
            return refused
        off_s = (hello.time_ns - now_ns) / NS_PER_S
        presented = Presented(machine.node, machine.enrolment, hello.counter, hello.run, off_s, hello.program, now_ns)
        if await self._store.admit(presented):
            return Welcome(min(VERSION, hello.version), now_ns, self._bytes_per_s)
        return await self._why_not(presented)

    async def renew(self, machine: Machine, wanted: RenewalWanted) -> Certificate | Refused:
        """Returns a new certificate for a node that was welcomed.

        Raises:
            StoreError: the store does not answer; the certificate is not given then.
        """
        try:
            certificate, end_ns = self._authority.node_certificate(machine.node, machine.enrolment, wanted.request)
        except ValueError as error:
            return Refused(Refusal.REQUEST, f"the request for a certificate is not understood: {error}")
        detail = f"until {utc_minute(end_ns)}"
        entry = AuditEntry(self._clock(), SYSTEM, "node.certificate_renewed", machine.node, detail)
        await self._store.renewed(machine.node, end_ns, entry)
        return Certificate(machine.node, certificate)

    async def _why_not(self, presented: Presented) -> Refused:
        """Returns why the store did not admit a connection; marks the node where two machines use its key."""
        name = presented.node
        node, again = await self._store.node(name), INVITE_AGAIN.format(node=name)
        if node is None:
            return Refused(
                Refusal.REPLACED, f"this hub knows no node {name}: its store was begun anew, or put back from an "
                f"older backup. {again}"
            )  # fmt: skip
        if node.enrolment != presented.enrolment:
            return Refused(Refusal.REPLACED, f"another machine has joined as {name} since. {again}")
        if node.state is NodeState.REVOKED:
            return Refused(Refusal.REVOKED, f"node {name} was revoked at {utc_minute(node.state_ns)}. {again}")
        if node.state is NodeState.JOINED and node.run == presented.run:
            # A connection that was given up, and came after the one that its own process made next.
            return Refused(Refusal.LATER, "a newer connection of this node has come before. It connects again")
        if node.state is NodeState.JOINED:
            why = f"number {presented.counter} was presented after {node.counter}"
            entry = AuditEntry(presented.time_ns, SYSTEM, "node.cloned", name, why)
            await self._store.set_state(name, NodeState.CLONED, presented.time_ns, entry)
        return Refused(
            Refusal.CLONED, f"two machines have connected with the key of node {name}: a disk was copied, or put back "
            f"from a backup. Neither is taken until one of them is invited again. {again}"
        )  # fmt: skip


async def revoke_node(store: FleetStore, node: str, by: str, now_ns: int) -> None:
    """Takes a node's right to connect back.

    Args:
        store: nodes.
        node: its name.
        by: who revokes it, for the audit log.
        now_ns: UTC nanoseconds.

    Raises:
        PasserbyError: there is no such node, or it is revoked already.
        StoreError: it could not be stored.
    """
    entry = AuditEntry(now_ns, by, "node.revoked", node)
    if not await store.set_state(node, NodeState.REVOKED, now_ns, entry):
        known = sorted(one.name for one in await store.nodes() if one.state is not NodeState.REVOKED)
        raise PasserbyError(
            f"node {node[:80]!a}: no node of this name has joined, or it is revoked already. "
            + (f"These have joined: {', '.join(known[:50])}" if known else "None has joined")
        )


def _check_version(version: int, oldest: int) -> Refused | None:
    if common_version(version, oldest) is not None:
        return None
    if version < OLDEST_VERSION:
        why = (
            f"this machine's passerby writes messages of version {version}, and the hub ({__version__}) understands "
            f"{OLDEST_VERSION} to {VERSION}. Install a newer passerby on this machine"
        )
    else:
        why = (
            f"the hub's passerby ({__version__}) writes messages of version {VERSION}, and this machine understands "
            f"{oldest} to {version}. Install a newer passerby on the hub first, then on the nodes"
        )
    return Refused(Refusal.VERSION, why)


def _check_clock(time_ns: int, now_ns: int) -> Refused | None:
    off_s = (time_ns - now_ns) / NS_PER_S
    if abs(off_s) <= MAX_CLOCK_S:
        return None
    way = "ahead of" if off_s > 0 else "behind"
    return Refused(
        Refusal.CLOCK,
        f"this machine's clock ({utc_minute(time_ns)}) is {duration(abs(off_s))} {way} the hub's "
        f"({utc_minute(now_ns)}). Set the one that is wrong, and let both follow a time server",
    )


def _spent(invitation: NodeInvitation, newest: NodeInvitation | None) -> Refused:
    again = f"Make a new one on the hub: `passerby fleet invite SITE.yaml {invitation.node}`"
    if newest is not None and newest.used_ns is not None:
        why = (
            f"a machine joined by this token at {utc_minute(newest.used_ns)}. If it was not this one, revoke the node: "
            f"`passerby fleet revoke SITE.yaml {invitation.node}`. {again}"
        )
    else:
        why = f"this token ended at {utc_minute(invitation.end_ns)}. {again}"
    return Refused(Refusal.INVITATION, why)
