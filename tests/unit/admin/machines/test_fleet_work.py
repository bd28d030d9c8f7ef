"""What each machine does is put together of site file, leases, nodes and the hub's status, and explained."""

from dataclasses import replace
from typing import Any

import pytest

from passerby import __version__
from passerby.admin.machines.fleet_work import HUB, Machine, Seen
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import NodeReport, NodeState
from passerby.domain.layout import Layout
from passerby.domain.leases import Lease
from passerby.domain.service import CameraPlan, FleetPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.units import NS_PER_S
from testing.trial_service.site_register import registration
from tests.unit.domain.test_fleet_nodes import NODE, NOW_NS

CAMERA = CameraPlan("own", CameraSource(SourceKind.FILE), Layout((), (), (), None), registration=registration())
PLAN = SitePlan("Harbour", "UTC", (CAMERA, replace(CAMERA, name="quay", node="pole-7")))
QUAY = replace(
    NODE, program=__version__, clock_off_s=0.0, report=NodeReport(1, 1, 12), reported_ns=NOW_NS - 5 * NS_PER_S
)
LEASE = Lease("quay", 2, "pole-7", "", NOW_NS, NOW_NS)


def status(**states: str) -> dict[str, Any]:
    cameras = [{"camera": name, "state": state, "why": f"Why {name}."} for name, state in states.items()]
    return {"program": __version__, "outbox_rows": 3, "cameras": cameras}


SEEN = Seen(PLAN, {"pole-7": QUAY}, {"quay": LEASE}, status(own="online", quay="online"), NOW_NS)


def quay(seen: Seen) -> Machine:
    return next(one for one in seen.machines() if one.name == "pole-7")


def test_each_machine_has_its_cameras_and_what_waits() -> None:
    hub, node = SEEN.machines()
    assert (hub.name, hub.cameras, hub.watching, hub.outbox_rows, hub.well) == (HUB, ("own",), 1, 3, True)
    assert (node.name, node.cameras, node.watching, node.outbox_rows, node.well) == ("pole-7", ("quay",), 1, 12, True)
    assert SEEN.machine("pole-7") == node
    with pytest.raises(PasserbyError, match="no node of this name has joined"):
        SEEN.machine("pole-8")
    with pytest.raises(PasserbyError, match="no node of this name has joined"):
        SEEN.machine(HUB)


def test_a_camera_counts_where_its_newest_lease_is() -> None:
    elsewhere = replace(SEEN, leases={"quay": replace(LEASE, node="", number=3)})
    assert [one.cameras for one in elsewhere.machines()] == [("own", "quay"), ()]


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (replace(QUAY, state=NodeState.CLONED), "two machines have its key"),
        (replace(QUAY, program="0.0.9"), f"it runs passerby 0.0.9, and the hub has {__version__}"),
        (replace(QUAY, reported_ns=NOW_NS - 31 * NS_PER_S), "not connected since"),
    ],
)
def test_what_is_wrong_with_a_machine_is_said_there_and_at_its_cameras(node: Any, words: str) -> None:
    seen = replace(SEEN, nodes={"pole-7": node})
    assert words in quay(seen).trouble
    assert not quay(seen).well
    assert any(words in trouble for trouble in seen.explained("quay").troubles)


def test_a_node_that_only_joined_and_has_no_camera_is_well() -> None:
    idle = replace(QUAY, name="pole-8", counter=0, reported_ns=None, report=None)
    seen = replace(SEEN, nodes={"pole-7": QUAY, "pole-8": idle})
    (one,) = [each for each in seen.machines() if each.name == "pole-8"]
    assert (one.connected, one.well) == (False, True)


def test_a_camera_that_a_cluster_places_is_explained_with_pool_and_drained_machines() -> None:
    plan = replace(PLAN, cameras=(CAMERA, replace(CAMERA, name="quay", pool="harbour")))
    placed = replace(SEEN, plan=plan, leases={"quay": replace(LEASE, worker="worker-3")})
    assert placed.placed_on("pole-7") == ("quay",)
    assert SEEN.placed_on("pole-7") == (), "the site file names its node"
    found = placed.explained("quay")
    assert any("on a machine that reaches the pool harbour, and may place it elsewhere" in one for one in found.reasons)
    assert found.troubles == ()
    drained = replace(placed, nodes={"pole-7": replace(QUAY, drained_ns=NOW_NS)}).explained("quay")
    assert any("It places none on a machine that is drained: pole-7." in one for one in drained.reasons)
    assert drained.troubles == ("Node pole-7 is drained: the cluster places its worker elsewhere, if there is room.",)


def test_a_camera_whose_pool_no_machine_reaches_is_not_said_to_be_watched_by_the_hubs_machine() -> None:
    plan = replace(PLAN, cameras=(CAMERA, replace(CAMERA, name="quay", pool="harbour")))
    why = "No machine of the cluster reaches the pool harbour: `ray start` needs the resource passerby_pool:harbour."
    status = {"cameras": [{"camera": "quay", "state": "offline", "why": why}]}
    without = replace(SEEN, plan=plan, leases={}, status=status)
    assert "the hub's own machine watches it" in without.explained("quay").reasons[1], "the site file names no cluster"
    plan = replace(plan, fleet=FleetPlan("", (), 0, "head.example:6379"))
    found = replace(without, plan=plan).explained("quay")
    assert found.reasons[0] == "quay is to be placed by the Ray cluster, and no machine has watched it yet."
    assert "on a machine that reaches the pool harbour" in found.reasons[1]
    assert len(found.reasons) == 2
    assert found.troubles == (f"It is offline: {why}",)


def test_a_name_that_no_machine_has_joined_by_is_reported() -> None:
    seen = replace(SEEN, nodes={}, leases={})
    assert "no machine has joined under this name" in quay(seen).trouble
    assert any("no machine has joined" in trouble for trouble in seen.explained("quay").troubles)


def test_why_a_camera_is_where_it_is() -> None:
    assert SEEN.explained("quay").troubles == ()
    where, why = SEEN.explained("quay").reasons
    assert "quay is held by node pole-7, under number 2" in where
    assert "`cameras.quay.node: pole-7`" in why
    where, why = SEEN.explained("own").reasons
    assert "it never changed hands" in where
    assert "the hub's own machine watches it" in why
    placed = replace(SEEN, leases={"own": Lease("own", 1, "pole-7", "worker-3", NOW_NS)})
    where, why = placed.explained("own").reasons
    assert "by worker-3, under number 1" in where
    assert "has measured nothing under it yet" in where
    assert "the cluster places its worker" in why
    moved = replace(SEEN, leases={"quay": replace(LEASE, node="pole-9")})
    assert "passerby apply" in moved.explained("quay").reasons[-1]
    with pytest.raises(PasserbyError, match="It has: own, quay"):
        SEEN.explained("kay")


def test_what_keeps_a_camera_from_being_watched() -> None:
    drained = replace(SEEN, nodes={"pole-7": replace(QUAY, drained_ns=NOW_NS)}, status=status(quay="offline"))
    first, second = drained.explained("quay").troubles
    assert "passerby fleet undrain SITE.yaml pole-7" in first
    assert second == "It is offline: Why quay."
    assert "does not run on this data folder" in replace(SEEN, status={}).explained("own").troubles[0]
    paused = replace(PLAN, cameras=(replace(CAMERA, fault="its password cannot be read"),))
    assert not paused.cameras[0].runs
    assert "its password cannot be read" in replace(SEEN, plan=paused).explained("own").troubles[0]
