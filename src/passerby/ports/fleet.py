"""The protocol of what keeps a site's nodes and the invitations to join."""

from collections.abc import Collection, Mapping
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.fleet import FleetNode, NodeInvitation, NodeReport, NodeState, Presented


class FleetStore(Protocol):
    """Storage of nodes and invitations. Each of its methods raises StoreError where the database does not do it."""

    async def add_invitation(self, invitation: NodeInvitation, entry: AuditEntry) -> None:
        """Stores an invitation with its audit entry; those of the same node that nothing joined by are deleted."""
        ...

    async def invitation(self, secret_hash: str) -> NodeInvitation | None:
        """Returns the invitation of that secret, used or not; None where there is none."""
        ...

    async def invitations(self) -> tuple[NodeInvitation, ...]:
        """Returns the invitations that no machine has joined by, by the node's name."""
        ...

    async def join(self, secret_hash: str, node: FleetNode, entry: AuditEntry) -> bool:
        """Uses an invitation up and stores the node in place of an earlier one of its name, with the audit entry.

        Returns:
            False, and nothing is changed, where the invitation is used, deleted, or had ended when the node joined.
        """
        ...

    async def nodes(self) -> tuple[FleetNode, ...]:
        """Returns all nodes, by name."""
        ...

    async def node(self, name: str) -> FleetNode | None:
        """Returns the node of that name; None where there is none."""
        ...

    async def changed(self, since_ns: int) -> tuple[FleetNode, ...]:
        """Returns the nodes that got their state since then, UTC nanoseconds: joined anew, cloned or revoked."""
        ...

    async def admit(self, presented: Presented) -> bool:
        """Stores what a connection presents.

        Returns:
            False, and nothing is changed, where the node may not connect, joined by another invitation since, or has
            presented that number or a higher one before.
        """
        ...

    async def set_state(self, name: str, state: NodeState, time_ns: int, entry: AuditEntry) -> bool:
        """Stores the state of a node with its audit entry; False where there is no such node, or it has that state."""
        ...

    async def renewed(self, name: str, end_ns: int, entry: AuditEntry) -> None:
        """Stores when a node's new certificate ends, with its audit entry."""
        ...

    async def seen(self, names: Collection[str], time_ns: int) -> None:
        """Stores that these nodes are connected."""
        ...

    async def set_drained(self, name: str, since_ns: int | None, entry: AuditEntry) -> bool:
        """Stores since when a node is to watch no camera, or that it may again, with the audit entry.

        Returns:
            False, and nothing is changed, where there is no such node, or it is so already.
        """
        ...

    async def reported(self, reports: Mapping[str, NodeReport], time_ns: int) -> None:
        """Stores what nodes report of their work; of names that no node has, nothing."""
        ...
