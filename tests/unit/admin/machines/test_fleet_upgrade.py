"""An upgrade goes machine by machine, waits for each, and stops at the first that is not well."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from passerby import __version__
from passerby.admin.machines.fleet_upgrade import Acts, UpgradeStoppedError, upgrade, upgrade_site
from passerby.admin.machines.fleet_work import Seen
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import FleetNode, NodeReport
from passerby.domain.leases import Lease
from passerby.domain.service import SitePlan
from tests.unit.admin.machines.test_fleet_work import CAMERA, QUAY, status
from tests.unit.domain.test_fleet_nodes import NOW_NS

PLAN = SitePlan("Harbour", "UTC", tuple(replace(CAMERA, name=one, node=one) for one in ("a", "b", "c")))
OLD = replace(QUAY, program="0.0.9")


class Site:
    """Machines a, b and c, of which each watches the camera of its name."""

    def __init__(self) -> None:
        self.nodes: dict[str, FleetNode] = {name: replace(OLD, name=name) for name in "abc"}
        self.leases = {name: Lease(name, 1, name, "", NOW_NS, NOW_NS) for name in "abc"}
        self.states = dict.fromkeys("abc", "online")
        self.hub = __version__
        self.done: list[str] = []
        self.steps: list[str] = []
        self.time_s = 0.0
        self.sick = ""

    def look(self) -> Seen:
        running = {**status(**self.states), "program": self.hub} if self.hub else {}
        return Seen(PLAN, self.nodes, self.leases, running, NOW_NS)

    def set(self, name: str, **changes: object) -> None:
        self.nodes[name] = replace(self.nodes[name], **changes)  # type: ignore[arg-type]

    def drain(self, name: str) -> None:
        self.done.append(f"drain {name}")
        self.set(name, drained_ns=NOW_NS - 1, report=NodeReport(0, 0, 0), reported_ns=NOW_NS)

    def undrain(self, name: str) -> None:
        self.done.append(f"undrain {name}")
        self.set(name, drained_ns=None)

    def install(self, name: str) -> None:
        self.done.append(f"install {name}")
        self.set(name, program=__version__)
        if name == self.sick:
            self.states[name] = "offline"

    def sleep(self, seconds: float) -> None:
        self.time_s += seconds

    def upgrade(self, install: Callable[[str], None] | None = None) -> tuple[str, ...]:
        acts = Acts(
            self.look, self.drain, self.undrain, install or self.install, self.steps.append, self.sleep,
            lambda: self.time_s,
        )  # fmt: skip
        return upgrade(acts, 60.0)


def test_the_machines_of_another_version_are_upgraded_in_order() -> None:
    site = Site()
    site.set("b", program=__version__)
    assert site.upgrade() == ("a", "c")
    assert site.done == ["install a", "install c"]
    assert site.upgrade() == ()


def test_a_machine_whose_cameras_can_go_elsewhere_is_drained_first() -> None:
    site = Site()
    site.leases["b"] = replace(site.leases["b"], worker="worker-2")
    assert site.upgrade() == ("a", "b", "c")
    assert site.done == ["install a", "drain b", "install b", "undrain b", "install c"]


def test_it_stops_at_the_first_whose_cameras_do_not_measure_again() -> None:
    site = Site()
    site.sick = "b"
    site.states["c"] = "offline"
    with pytest.raises(UpgradeStoppedError, match="b: not all of its cameras measure again"):
        site.upgrade()
    assert site.done == ["install a", "install b"]
    assert site.time_s == pytest.approx(60, abs=2)
    site.states["b"] = "online"
    assert site.upgrade() == ("c",), "a camera that was away before is not waited for"


def test_it_stops_where_a_machine_does_not_come_back() -> None:
    site = Site()
    with pytest.raises(UpgradeStoppedError, match=f"a: it has not connected with passerby {__version__} within 1 min"):
        site.upgrade(lambda _name: None)
    assert site.steps[0] == "a (1 of 3): passerby 0.0.9 now"


def test_nothing_is_begun_where_one_is_not_well() -> None:
    site = Site()
    site.set("c", clock_off_s=300.0)
    with pytest.raises(UpgradeStoppedError, match="c: its clock is 5 min 00 s ahead; it was not begun"):
        site.upgrade()
    assert site.done == []


def test_the_hub_comes_first() -> None:
    site = Site()
    site.hub = "0.0.9"
    with pytest.raises(UpgradeStoppedError, match="the hub comes first"):
        site.upgrade()
    site.hub = ""
    with pytest.raises(UpgradeStoppedError, match="the hub does not run here"):
        site.upgrade()


def test_a_command_that_names_no_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"it holds no \{node\}"):
        upgrade_site(tmp_path / "site.yaml", None, "ssh somewhere upgrade", 60.0, lambda _step: None)
