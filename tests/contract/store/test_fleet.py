"""Nodes and invitations are kept alike by both databases."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.fleet import FleetNode, NodeInvitation, NodeReport, NodeState, Presented
from passerby.domain.queries import EventQuery
from passerby.ports import FleetStore, StoreError
from passerby.units import DAY_S
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper

NOW_NS = MONDAY_S * NS_PER_S
DAY_NS = DAY_S * NS_PER_S
INVITED = NodeInvitation("ab" * 32, "pole-7", "north", NOW_NS, NOW_NS + DAY_NS)
NODE = FleetNode(
    "pole-7", "e1" * 8, NodeState.JOINED, "north", NOW_NS + 1, NOW_NS + 1, NOW_NS + 1, NOW_NS + 180 * DAY_NS,
    program="0.2.0",
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def keeper(request: pytest.FixtureRequest, new_database: Any) -> Iterator[Keeper]:
    with Keeper(new_database(request.param, tables=True)) as opened:
        opened.open()
        yield opened


def fleet(keeper: Keeper) -> FleetStore:
    return keeper.stores[0].fleet


def act(action: str) -> AuditEntry:
    return AuditEntry(NOW_NS, "root", action, "pole-7")


def log(keeper: Keeper) -> list[str]:
    return [entry.action for entry in keeper.run(keeper.stores[0].audit(EventQuery(0, 2**62))).rows]


def joined(keeper: Keeper, node: FleetNode = NODE) -> FleetStore:
    store = fleet(keeper)
    secret = node.enrolment * 4
    keeper.run(store.add_invitation(replace(INVITED, secret_hash=secret, node=node.name), act("node.invited")))
    assert keeper.run(store.join(secret, node, act("node.joined")))
    return store


def presented(counter: int, enrolment: str = NODE.enrolment, node: str = "pole-7") -> Presented:
    return Presented(node, enrolment, counter, "0f" * 8, -3.5, "0.3.0", NOW_NS + counter)


def test_an_invitation_is_used_once_and_its_node_is_kept_as_it_joined(keeper: Keeper) -> None:
    store = fleet(keeper)
    keeper.run(store.add_invitation(INVITED, act("node.invited")))
    assert keeper.run(store.invitations()) == (INVITED,)
    assert keeper.run(store.join(INVITED.secret_hash, NODE, act("node.joined")))
    assert keeper.run(store.nodes()) == (NODE,)
    assert keeper.run(store.node("pole-7")) == NODE
    assert keeper.run(store.node("pole-8")) is None
    assert keeper.run(store.invitations()) == ()
    assert keeper.run(store.invitation(INVITED.secret_hash)) == replace(INVITED, used_ns=NODE.joined_ns)
    other = replace(NODE, name="pole-8")
    assert not keeper.run(store.join(INVITED.secret_hash, other, act("node.joined")))
    assert keeper.run(store.nodes()) == (NODE,)
    assert log(keeper) == ["node.invited", "node.joined"]


def test_an_invitation_that_has_ended_or_was_replaced_is_of_no_use(keeper: Keeper) -> None:
    store = fleet(keeper)
    keeper.run(store.add_invitation(INVITED, act("node.invited")))
    late = replace(NODE, joined_ns=INVITED.end_ns)
    assert not keeper.run(store.join(INVITED.secret_hash, late, act("node.joined")))
    newer = replace(INVITED, secret_hash="cd" * 32)
    keeper.run(store.add_invitation(newer, act("node.invited")))
    assert keeper.run(store.invitation(INVITED.secret_hash)) is None
    assert not keeper.run(store.join(INVITED.secret_hash, NODE, act("node.joined")))
    assert keeper.run(store.nodes()) == ()


def test_of_two_machines_with_one_token_one_joins(keeper: Keeper) -> None:
    store = fleet(keeper)
    keeper.run(store.add_invitation(INVITED, act("node.invited")))

    async def both() -> list[bool]:
        names = (NODE, replace(NODE, enrolment="e2" * 8))
        return list(await asyncio.gather(*(store.join(INVITED.secret_hash, one, act("j")) for one in names)))

    assert sorted(keeper.run(both())) == [False, True]
    assert len(keeper.run(store.nodes())) == 1


def test_the_numbers_that_a_node_presents_only_grow(keeper: Keeper) -> None:
    store = joined(keeper)
    assert keeper.run(store.admit(presented(5)))
    assert not keeper.run(store.admit(presented(5)))
    assert not keeper.run(store.admit(presented(4)))
    assert not keeper.run(store.admit(presented(6, enrolment="e9" * 8)))
    assert not keeper.run(store.admit(presented(6, node="pole-8")))
    assert keeper.run(store.admit(presented(6)))
    (node,) = keeper.run(store.nodes())
    assert (node.counter, node.run, node.clock_off_s, node.program) == (6, "0f" * 8, -3.5, "0.3.0")
    assert node.seen_ns == NOW_NS + 6


def test_of_two_connections_with_one_number_one_is_admitted(keeper: Keeper) -> None:
    store = joined(keeper)

    async def both() -> list[bool]:
        return list(await asyncio.gather(store.admit(presented(3)), store.admit(presented(3))))

    assert sorted(keeper.run(both())) == [False, True]


def test_a_node_that_is_revoked_or_cloned_is_not_admitted_until_it_joins_again(keeper: Keeper) -> None:
    store = joined(keeper)
    assert keeper.run(store.set_state("pole-7", NodeState.CLONED, NOW_NS + 10, act("node.cloned")))
    assert keeper.run(store.set_state("pole-7", NodeState.REVOKED, NOW_NS + 20, act("node.revoked")))
    assert not keeper.run(store.set_state("pole-7", NodeState.REVOKED, NOW_NS + 30, act("node.revoked")))
    assert not keeper.run(store.set_state("pole-8", NodeState.REVOKED, NOW_NS + 30, act("node.revoked")))
    assert not keeper.run(store.admit(presented(9)))
    assert [node.state_ns for node in keeper.run(store.changed(NOW_NS + 20))] == [NOW_NS + 20]
    assert keeper.run(store.changed(NOW_NS + 21)) == ()
    again = replace(NODE, enrolment="e2" * 8, joined_ns=NOW_NS + 40, state_ns=NOW_NS + 40)
    joined(keeper, again)
    assert keeper.run(store.nodes()) == (again,)
    assert keeper.run(store.admit(presented(1, enrolment="e2" * 8)))
    assert log(keeper)[2:4] == ["node.cloned", "node.revoked"]


def test_what_is_seen_of_nodes_and_their_certificates_is_kept(keeper: Keeper) -> None:
    store = joined(keeper)
    joined(keeper, replace(NODE, name="pole-8", enrolment="e2" * 8))
    keeper.run(store.seen(["pole-8", "pole-9"], NOW_NS + 77))
    keeper.run(store.seen([], NOW_NS + 99))
    keeper.run(store.renewed("pole-7", NOW_NS + 240 * DAY_NS, act("node.certificate_renewed")))
    first, second = keeper.run(store.nodes())
    assert (first.seen_ns, second.seen_ns) == (NODE.seen_ns, NOW_NS + 77)
    assert (first.certificate_end_ns, second.certificate_end_ns) == (NOW_NS + 240 * DAY_NS, NODE.certificate_end_ns)


def test_a_drained_node_stays_so_until_it_is_undrained_also_when_it_joins_anew(keeper: Keeper) -> None:
    store = joined(keeper)
    assert keeper.run(store.set_drained("pole-7", NOW_NS + 5, act("node.drained")))
    assert not keeper.run(store.set_drained("pole-7", NOW_NS + 6, act("node.drained")))
    assert not keeper.run(store.set_drained("pole-8", NOW_NS + 6, act("node.drained")))
    again = replace(NODE, enrolment="e2" * 8)
    joined(keeper, again)
    assert keeper.run(store.nodes()) == (replace(again, drained_ns=NOW_NS + 5),)
    assert keeper.run(store.set_drained("pole-7", None, act("node.undrained")))
    assert not keeper.run(store.set_drained("pole-7", None, act("node.undrained")))
    assert keeper.run(store.nodes()) == (again,)
    assert [one for one in log(keeper) if "drained" in one] == ["node.drained", "node.undrained"]


def test_what_nodes_report_of_their_work_is_kept(keeper: Keeper) -> None:
    store = joined(keeper)
    keeper.run(store.reported({"pole-7": NodeReport(4, 1, 2**40), "pole-9": NodeReport(1, 1, 1)}, NOW_NS + 9))
    (node,) = keeper.run(store.nodes())
    assert (node.report, node.reported_ns) == (NodeReport(4, 1, 2**40), NOW_NS + 9)


def test_invitations_that_ended_long_ago_are_deleted_with_the_next_one(keeper: Keeper) -> None:
    store = fleet(keeper)
    keeper.run(store.add_invitation(INVITED, act("node.invited")))
    later = replace(INVITED, secret_hash="cd" * 32, node="pole-8", made_ns=NOW_NS + 32 * DAY_NS)
    keeper.run(store.add_invitation(later, act("node.invited")))
    assert keeper.run(store.invitation(INVITED.secret_hash)) is None


def test_a_name_that_no_database_can_hold_is_refused(keeper: Keeper) -> None:
    with pytest.raises(StoreError, match="holds a character"):
        keeper.run(fleet(keeper).add_invitation(replace(INVITED, pool="\0"), act("node.invited")))
