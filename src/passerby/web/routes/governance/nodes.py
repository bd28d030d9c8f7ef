"""The machines that have joined the site, and how each is."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby import __version__
from passerby.domain.access import Permission
from passerby.domain.fleet import FleetNode, NodeState, is_connected, trouble_of
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import needs
from passerby.web.problems import documented
from passerby.web.rows import ListOf


class NodeRow(BaseModel):
    """A machine that has joined."""

    node: str = Field(examples=["cabinet-7"])
    pool: str = Field(description="The group of machines that it belongs to; empty for none.", examples=["north"])
    state: NodeState = Field(
        description="`joined`; `cloned`, two machines have its key and neither may connect; or `revoked`."
    )
    connected: bool = Field(description="The hub has heard it of late.")
    seen: str = Field(description="When it was connected last.", examples=["2026-09-28T12:00:00+02:00"])
    certificate_end: str = Field(
        description="When its certificate ends; it renews it long before.", examples=["2027-03-27T12:00:00+02:00"]
    )
    clock_off_s: float = Field(description="Its clock less the hub's, at its last connection.", examples=[0.1])
    version: str = Field(description="Its version of passerby; empty before it has connected.", examples=[__version__])
    same_version: bool = Field(description="It is the hub's.")
    drained: bool = Field(description="It is to watch no camera.")
    empty: bool = Field(description="It is drained, and the hub has all that it measured: it can be turned off.")
    outbox_rows: int | None = Field(
        description="How many results wait on its disk, as it reported last; null where it never did.", examples=[12]
    )
    trouble: str = Field(description="What is wrong with it, in words; empty where nothing is.", examples=[""])


class Nodes(ListOf[NodeRow]):
    """The machines that have joined, by name; always all of them."""


router = APIRouter(prefix="/api/v1", tags=["operation"])


@router.get("/nodes", dependencies=[needs(Permission.SEE_METRICS)], responses=documented(401, 403, 503))
async def list_nodes(hub: HubHere) -> Nodes:
    """The other machines of the site, revoked ones included: whether each is connected, well, and what waits there."""
    now_ns = hub.clock()
    return Nodes(rows=[_row(node, now_ns, hub) for node in await hub.store.fleet.nodes()], after=None)


def _row(node: FleetNode, now_ns: int, hub: Hub) -> NodeRow:
    return NodeRow(
        node=node.name,
        pool=node.pool,
        state=node.state,
        connected=is_connected(node, now_ns),
        seen=iso_time(node.seen_ns, hub.zone),
        certificate_end=iso_time(node.certificate_end_ns, hub.zone),
        clock_off_s=round(node.clock_off_s, 1),
        version=node.program,
        same_version=node.program in ("", __version__),
        drained=node.drained_ns is not None,
        empty=node.is_empty,
        outbox_rows=None if node.report is None else node.report.outbox_rows,
        trouble=trouble_of(node, now_ns),
    )
