"""Each camera has the number of the machine that the site file places it on, and keeps it while it stays there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from passerby.back_off import BackOffSettings
from passerby.domain.layout import Layout
from passerby.domain.leases import Lease
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ports import LeaseStore, Store, StoreUnavailableError
from passerby.service.nodes import placement
from passerby.service.nodes.leases_file import LEASES_FILE, read_leases
from passerby.service.nodes.placement import Placement
from passerby.store import open_store
from testing.trial_service.site_register import registration

CAMERA = CameraPlan("", CameraSource(SourceKind.FILE), Layout((), (), (), None), registration=registration())


def plan(**nodes: str) -> SitePlan:
    """Returns a site whose cameras are on these nodes."""
    return SitePlan("Harbour", "UTC", tuple(replace(CAMERA, name=name, node=node) for name, node in nodes.items()))


def played(tmp_path: Path, scene_of: Callable[[Store, Placement], Awaitable[None]]) -> None:
    async def play() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        try:
            await scene_of(store, Placement(store.leases, tmp_path))
        finally:
            await store.close()

    asyncio.run(play())


def test_on_one_machine_there_are_no_leases(tmp_path: Path) -> None:
    async def scene(store: Store, placed: Placement) -> None:
        await placed.place(plan(quay="", mole=""))
        assert await store.leases.of_cameras(["quay", "mole"]) == ()
        assert not (tmp_path / LEASES_FILE).exists()

    played(tmp_path, scene)


def test_a_camera_has_a_higher_number_wherever_it_goes_and_keeps_it_while_it_stays(tmp_path: Path) -> None:
    async def scene(store: Store, placed: Placement) -> None:
        for nodes, on_pole, own in (
            ({"quay": "pole", "mole": ""}, {"quay": 1}, {}),
            ({"quay": "pole", "mole": ""}, {"quay": 1}, {}),
            ({"quay": "tower", "mole": ""}, {}, {}),
            ({"quay": "", "mole": "pole"}, {"mole": 1}, {"quay": 3}),
            ({"quay": "pole", "mole": "pole"}, {"quay": 4, "mole": 1}, {}),
        ):
            await placed.place(plan(**nodes))
            assert placed.of_node(plan(**nodes), "pole") == on_pole
            assert read_leases(tmp_path) == own
        held = await store.leases.of_cameras(["quay"])
        assert [(lease.number, lease.node) for lease in held] == [(1, "pole"), (2, "tower"), (3, ""), (4, "pole")]

    played(tmp_path, scene)


def test_a_hub_that_starts_anew_takes_no_new_ones(tmp_path: Path) -> None:
    async def scene(store: Store, placed: Placement) -> None:
        await placed.place(plan(quay="pole", mole=""))
        again = Placement(store.leases, tmp_path)
        await again.place(plan(quay="pole", mole=""))
        assert again.of_node(plan(quay="pole"), "pole") == {"quay": 1}

    played(tmp_path, scene)


class Away:
    """A store of leases that answers only from the third question on."""

    def __init__(self) -> None:
        self.asked = 0

    async def newest(self, _cameras: Sequence[str]) -> Mapping[str, Lease]:
        self.asked += 1
        if self.asked < 3:
            raise StoreUnavailableError("it does not answer")
        return {}


def test_a_database_that_does_not_answer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "WAITS", BackOffSettings(first_s=0.001, max_s=0.001))
    away = Away()

    async def play() -> None:
        with capture_logs() as logs:
            await Placement(cast("LeaseStore", away), tmp_path).place_until(plan(quay=""), asyncio.Event())
        assert [one["why"] for one in logs] == ["it does not answer"] * 2

    asyncio.run(play())
    assert away.asked == 3
