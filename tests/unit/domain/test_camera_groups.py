"""Cameras are grouped within limits, by the machines that reach them, and a change moves few."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.camera_groups import SLACK, CameraGroup, CameraNeeds, GroupLimits, grouped

LIMITS = GroupLimits(4, cpu_ms_s=300.0, memory_mb=800.0)

each_needs = st.builds(
    CameraNeeds,
    st.sampled_from([f"camera-{number}" for number in range(24)]),
    st.floats(0.0, 400.0),
    st.floats(0.0, 1000.0),
    st.sampled_from(["", "north", "south"]),
)
needs_of_all = st.lists(each_needs, unique_by=lambda one: one.camera, max_size=24)


def workers(groups: tuple[CameraGroup, ...]) -> dict[str, str]:
    return {camera: group.worker for group in groups for camera in group.cameras}


def pools(cameras: list[CameraNeeds], group: CameraGroup) -> set[str]:
    return {one.pool for one in cameras if one.camera in group.cameras}


@given(needs_of_all, needs_of_all)
def test_all_cameras_are_in_one_group_of_their_pool_that_takes_no_more_than_it_may(
    first: list[CameraNeeds], second: list[CameraNeeds]
) -> None:
    for groups, cameras, slack in (
        (grouped(first, {}, LIMITS), first, 1.0),
        (grouped(second, workers(grouped(first, {}, LIMITS)), LIMITS), second, SLACK),
    ):
        assert sorted(camera for group in groups for camera in group.cameras) == sorted(one.camera for one in cameras)
        assert len({group.worker for group in groups}) == len(groups)
        for group in groups:
            assert pools(cameras, group) == {group.pool}
            assert len(group.cameras) <= LIMITS.cameras
            alone = len(group.cameras) == 1
            assert alone or (group.cpu_ms_s <= slack * 300.0 + 1e-6 and group.memory_mb <= slack * 800.0 + 1e-6)


@given(needs_of_all)
def test_nothing_moves_where_nothing_has_changed(cameras: list[CameraNeeds]) -> None:
    groups = grouped(cameras, {}, LIMITS)
    assert grouped(cameras, workers(groups), LIMITS) == groups
    assert workers(grouped(cameras[::-1], workers(groups), LIMITS)) == workers(groups)


@given(needs_of_all, st.data())
def test_a_camera_that_goes_or_comes_moves_no_other(cameras: list[CameraNeeds], data: st.DataObject) -> None:
    groups = workers(grouped(cameras, {}, LIMITS))
    left = [one for one in cameras if data.draw(st.booleans(), one.camera)]
    without = workers(grouped(left, groups, LIMITS))
    assert without == {one.camera: groups[one.camera] for one in left}
    back = workers(grouped(cameras, without, LIMITS))
    assert {camera: back[camera] for camera in without} == without


@given(needs_of_all, st.floats(0.0, 400.0))
def test_a_camera_that_takes_more_moves_no_camera_of_another_group(cameras: list[CameraNeeds], cpu_ms_s: float) -> None:
    before = workers(grouped(cameras, {}, LIMITS))
    costlier = [replace(one, cpu_ms_s=cpu_ms_s) if one.camera == "camera-0" else one for one in cameras]
    after = workers(grouped(costlier, before, LIMITS))
    moved = {camera for camera in before if after[camera] != before[camera]}
    assert {before[camera] for camera in moved} <= {before.get("camera-0")}


def test_the_costliest_leaves_a_group_that_takes_too_much() -> None:
    cameras = [CameraNeeds("bridge", 100.0), CameraNeeds("quay", 250.0), CameraNeeds("square", 60.0)]
    before = dict.fromkeys(("bridge", "quay", "square"), "worker-3")
    assert workers(grouped(cameras, before, LIMITS)) == {"bridge": "worker-3", "quay": "worker-1", "square": "worker-3"}


def test_a_group_whose_cameras_go_to_another_pool_together_stays_together() -> None:
    cameras = [CameraNeeds(name, pool="south") for name in ("bridge", "quay")] + [CameraNeeds("square", pool="north")]
    before = dict.fromkeys(("bridge", "quay", "square"), "worker-1")
    assert [(group.worker, group.pool, group.cameras) for group in grouped(cameras, before, LIMITS)] == [
        ("worker-1", "south", ("bridge", "quay")), ("worker-2", "north", ("square",)),
    ]  # fmt: skip


def test_a_city_has_few_more_groups_than_it_needs_at_least() -> None:
    chance = random.Random(15)
    cameras = [
        CameraNeeds(f"camera-{number}", chance.uniform(15, 150), chance.uniform(150, 200), f"pool-{number % 5}")
        for number in range(8000)
    ]
    limits = GroupLimits(40, cpu_ms_s=900.0, memory_mb=4000.0)
    groups = grouped(cameras, {}, limits)
    least = sum(one.cpu_ms_s for one in cameras) / limits.cpu_ms_s
    assert len(groups) <= 1.1 * least + 5
    doubled = [replace(one, cpu_ms_s=2 * one.cpu_ms_s) if one.camera == "camera-7" else one for one in cameras]
    before, after = workers(groups), workers(grouped(doubled, workers(groups), limits))
    assert sum(after[camera] != before[camera] for camera in before) <= 1
