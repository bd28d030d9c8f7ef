"""The workers that a cluster places on machines: which cameras each has, and which of its starts counts.

A cluster that has lost a machine starts its workers elsewhere, and the machine may only have been cut off. Which start
is the newest is known without the cluster and without a clock that is set: a worker says how long ago it was started.
The newest one takes leases of higher numbers for its cameras; one that was started before it is asked to end.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from passerby.config.texts.site_part import part_sha256
from passerby.domain.camera_groups import SLACK, CameraGroup, CameraNeeds, GroupLimits, grouped
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.leases import Holder, Lease
from passerby.engine.live_state import LiveState, SendToWorker
from passerby.messages.cluster_messages import (
    CameraCost,
    ClusterReport,
    LargestMachine,
    WantedWorker,
    WantedWorkers,
    WorkerStarted,
    WorkerSuperseded,
)
from passerby.ports import LeaseStore, StoreError
from passerby.service.nodes.camera_costs import KnownCosts
from passerby.service.nodes.signed_part import GRACE_S, next_number, signed_part
from passerby.telemetry.logs import get_log
from passerby.units import NS_PER_S

REPORT_AGAIN_S: Final = 60
GROUP_AGAIN_S: Final = 60
KEEP_COSTS_S: Final = 600
"""So much of what was measured is lost at most where the hub ends."""
SMALLER_AFTER_S: Final = 600
"""The largest machine may be away for a moment; only after so long is the next one taken for the largest."""


@dataclass(slots=True)
class _Start:
    """One start of a worker: on which machine, when by the hub's clock, and which part it has."""

    node: str
    worker: str
    start: str
    started_ns: int
    number: int
    sha256: str
    send: SendToWorker | None

    def supersede(self, why: str) -> None:
        """Asks it to end, where it is connected."""
        if self.send is not None:
            get_log().warning("a worker is asked to end", worker=self.worker, node=self.node, why=why)
            self.send(WorkerSuperseded(why))


@dataclass(frozen=True, slots=True)
class PartMaker:
    """What parts of the site file are made by.

    Attributes:
        site: the site's name, as the authority has it.
        text: returns the part of some cameras on a node; raises PasserbyError where it cannot be made now.
        sign: signs for the site's authority.
    """

    site: str
    text: Callable[[str, Collection[str]], Awaitable[str]]
    sign: Callable[[bytes], bytes]


class ClusterWorkers:
    """Groups the cluster's cameras, and gives each worker its part wherever it was started last.

    Attributes:
        costs: what the cameras take.
    """

    def __init__(
        self,
        store: LeaseStore,
        maker: PartMaker,
        needs: Callable[[], Sequence[CameraNeeds]],
        limits: Callable[[], GroupLimits],
        clock: Callable[[], int] = time.time_ns,
        drained: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """Takes what it works with.

        Args:
            store: keeps leases.
            maker: makes parts.
            needs: returns the cameras that are the cluster's to watch now; what each takes is measured.
            limits: returns how large a worker may be; it may not take more than the largest machine has, too.
            clock: UTC nanoseconds now.
            drained: returns the machines on which no worker is to be.
        """
        self._store, self._maker, self._clock, self._drained = store, maker, clock, drained
        self._needs, self._limits = needs, limits
        self._groups: dict[str, CameraGroup] | None = None
        self._worker_of: dict[str, str] = {}
        self._newest: dict[str, Lease] = {}
        self._starts: dict[str, _Start] = {}
        self._grouped = asyncio.Event()
        self._missing: dict[str, str] = {}
        self._away_since: dict[str, int] = {}
        self._reported: dict[str, tuple[str, int]] = {}
        self._cluster = ClusterReport((), "")
        self.costs = KnownCosts()
        self._largest: dict[str, tuple[LargestMachine, int]] = {}
        self._grouped_ns = 0
        self._recalled, self._kept_ns = False, clock()
        self._turn = asyncio.Lock()

    @property
    def groups(self) -> tuple[CameraGroup, ...] | None:
        """The workers that there are to be; None while the database has not said which there were."""
        return None if self._groups is None else tuple(self._groups.values())

    def node_of(self, camera: str) -> str | None:
        """Returns the machine on which a camera's worker was started last; None where it is on none."""
        start = self._starts.get(self._worker_of.get(camera, ""))
        return None if start is None else start.node

    def reported(self, report: ClusterReport, send: SendToWorker) -> None:
        """Takes in what the cluster says of its workers, and answers with those that are wanted."""
        self._cluster, now_ns = report, self._clock()
        for one in report.largest:
            known, seen_ns = self._largest.get(one.pool, (None, now_ns))
            if known is None or one.cpus >= known.cpus or now_ns - seen_ns > SMALLER_AFTER_S * NS_PER_S:
                self._largest[one.pool] = one, now_ns
                self._grouped_ns = self._grouped_ns if one == known else 0
        if self._groups is not None:
            send(WantedWorkers(tuple(map(self._wanted, self._groups.values())), tuple(sorted(self._drained()))))

    def _wanted(self, group: CameraGroup) -> WantedWorker:
        kept = [self.costs.kept(camera) for camera in group.cameras]
        taken = [self.costs.taken(camera) for camera in group.cameras]
        known = [cost for cost in taken if cost is not None]
        cpu_ms_s, memory_mb = _together(known) if len(known) == len(taken) else (0.0, 0.0)
        kept_ms_s, kept_mb = _together(kept)
        return WantedWorker(group.worker, kept_ms_s / 1000, kept_mb, group.pool, cpu_ms_s / 1000, memory_mb)

    def explained(self, worker: str) -> str:
        """Returns what keeps a worker from running, as the cluster says it; empty where it says nothing."""
        if self._cluster.fault:
            return self._cluster.fault
        return next((one.why for one in self._cluster.workers if one.worker == worker), "")

    async def started(self, node: str, message: WorkerStarted, send: SendToWorker) -> None:
        """Takes in that a worker has connected: gives it its part, or asks it to end."""
        started_ns = self._clock() - int(message.age_s * NS_PER_S)
        one = _Start(node, message.worker, message.start, started_ns, message.number, message.sha256, send)
        await self._grouped.wait()  # nothing that the worker sends is taken in before
        async with self._turn:
            await self._admit(one)

    def gone(self, send: SendToWorker) -> None:
        """Takes in that a connection has ended; harmless for one that is no such worker's."""
        for start in self._starts.values():
            if start.send is send:
                start.send = None

    async def changed(self) -> None:
        """Groups the cameras anew, and sends each connected worker its part where that differs from what it has."""
        async with self._turn:
            try:
                await self._group()
            except StoreError as fault:
                self._miss("", fault)
                return
            self._missing.pop("", None)
            self._grouped.set()
            for one in tuple(self._starts.values()):
                await self._send(one)

    async def catch_up(self) -> None:
        """Tries again what could not be done before, if anything, and groups anew where a worker takes too much."""
        await self._keep_costs()
        if self._groups is None or self._missing:
            await self.changed()
        elif self._clock() - self._grouped_ns > GROUP_AGAIN_S * NS_PER_S:
            before = dict(self._worker_of)
            async with self._turn:
                with suppress(StoreError):
                    await self._group()
            if before != self._worker_of:
                get_log().info("a worker takes more than a machine has: cameras have moved")
                await self.changed()

    async def _keep_costs(self) -> None:
        """Keeps what the cameras take for the next hub, now and then; never before it is known what was kept."""
        if not self._recalled or self._clock() - self._kept_ns < KEEP_COSTS_S * NS_PER_S:
            return
        self._kept_ns = self._clock()
        with suppress(StoreError):  # kept the next time
            await self._store.keep_costs(self.costs.measured())

    async def _group(self) -> None:
        self._grouped_ns = self._clock()
        if not self._recalled:
            self.costs.recall(await self._store.costs())
            self._recalled = True
        needs = self._needs()
        strange = [each.camera for each in needs if each.camera not in self._worker_of]
        newest = await self._store.newest(strange) if strange else {}
        before = {**{camera: lease.worker for camera, lease in newest.items() if lease.worker}, **self._worker_of}
        self.costs.keep_only(each.camera for each in needs)
        known = {**newest, **self._newest}
        groups = grouped([self._need(each, known) for each in needs], before, self._limits_of(needs))
        self._groups = {group.worker: group for group in groups}
        self._worker_of = {camera: group.worker for group in groups for camera in group.cameras}
        self._newest = {camera: known[camera] for camera in self._worker_of if camera in known}
        for worker in set(self._starts) - set(self._groups):
            self._starts.pop(worker).supersede("this site has no worker of that name any more")

    def _need(self, camera: CameraNeeds, leases: Mapping[str, Lease]) -> CameraNeeds:
        """Returns what a camera takes; one that a worker has watched and that is not measured yet moves for nothing."""
        cost, lease = self.costs.taken(camera.camera), leases.get(camera.camera)
        if cost is None and lease is not None and lease.worker:
            return camera
        cost = cost or self.costs.kept(camera.camera)
        return replace(camera, cpu_ms_s=cost.cpu_ms_s, memory_mb=cost.memory_mb)

    def _limits_of(self, needs: Sequence[CameraNeeds]) -> GroupLimits:
        """Returns how large a worker may be, so that one that has come to take more by what is left to it fits yet."""
        pools = {each.pool for each in needs}
        largest = [one for pool, (one, _) in self._largest.items() if pool in pools and one.cpus and one.memory_mb]
        if not largest:
            return self._limits()
        cpus, memory_mb = min(one.cpus for one in largest), min(one.memory_mb for one in largest)
        return replace(self._limits(), cpu_ms_s=1000 * cpus / SLACK, memory_mb=memory_mb / SLACK)

    async def _admit(self, one: _Start) -> None:
        if one.worker not in (self._groups or {}):
            one.supersede("this site has no worker of that name any more")
            return
        before = self._starts.get(one.worker)
        newer = self._newer_than(one, before)
        if newer:
            one.supersede(f"its cameras are watched by one that was started later, on {newer}")
            return
        self._starts[one.worker] = one
        if before is not None and before.start != one.start:
            before.supersede(f"its cameras are watched by one that was started later, on {one.node}")
        self._away_since.pop(one.worker, None)
        await self._send(one)

    def _newer_than(self, one: _Start, before: _Start | None) -> str:
        """Returns the node of a start that came after this one; empty where none did."""
        if before is not None:
            later = before.start != one.start and before.started_ns > one.started_ns
            return before.node if later else ""
        # The hub was started anew, and the database knows when leases were taken: a start after that is newer.
        leases = [self._newest[camera] for camera in self._cameras(one.worker) if camera in self._newest]
        mine = [lease for lease in leases if lease.worker == one.worker]
        last = max(mine, key=lambda lease: lease.since_ns, default=None)
        return last.node if last and last.node != one.node and last.since_ns > one.started_ns else ""

    def _cameras(self, worker: str) -> tuple[str, ...]:
        return () if self._groups is None else self._groups[worker].cameras

    async def _send(self, one: _Start) -> None:
        """Takes the leases of a worker's cameras where they are not its own yet, and sends it its part."""
        if one.send is None:
            return
        cameras = self._cameras(one.worker)
        holder = Holder(one.node, one.worker)
        try:
            others = [name for name in cameras if name not in self._newest or self._newest[name].holder != holder]
            if others:
                self._newest.update(await self._store.take_many(dict.fromkeys(others, holder)))
            text = (await self._maker.text(one.node, cameras)).encode()
        except (StoreError, PasserbyError) as fault:
            self._miss(one.worker, fault)
            return
        self._missing.pop(one.worker, None)
        leases = {name: self._newest[name].number for name in cameras}
        sha256 = part_sha256(leases, text)
        if sha256 != one.sha256 and one.send is not None:
            number = next_number(one.number, self._clock())
            one.send(signed_part(self._maker.sign, self._maker.site, one.node, number, leases, text, one.worker))
            one.number, one.sha256 = number, sha256
            get_log().info("a worker was sent its part of the site file", worker=one.worker, node=one.node)

    def _miss(self, worker: str, fault: Exception) -> None:
        if worker not in self._missing:
            get_log().error("a worker keeps its cameras as they are; tried again", worker=worker, why=str(fault))
        self._missing[worker] = str(fault)

    def look(self, live: LiveState) -> None:
        """Reports the cameras of workers that have not been connected for a while; to be called every second or so."""
        now_ns = self._clock()
        for group in self.groups or ():
            start = self._starts.get(group.worker)
            if start is not None and start.send is not None:
                self._away_since.pop(group.worker, None)
                self._reported.pop(group.worker, None)
                continue
            since_ns = self._away_since.setdefault(group.worker, now_ns)
            why = _away(group.worker, start, self.explained(group.worker))
            reported, at_ns = self._reported.get(group.worker, ("", 0))
            due = why != reported or now_ns - at_ns >= REPORT_AGAIN_S * NS_PER_S
            if due and now_ns - since_ns >= GRACE_S * NS_PER_S:
                self._reported[group.worker] = (why, now_ns)
                for camera in group.cameras:
                    live.set_health(CameraHealth(camera, now_ns, CameraState.OFFLINE, since_ns, why))


def _together(costs: Sequence[CameraCost]) -> tuple[float, float]:
    return sum(cost.cpu_ms_s for cost in costs), sum(cost.memory_mb for cost in costs)


def _away(worker: str, start: _Start | None, explained: str) -> str:
    where = f"was on {start.node}, and is not connected" if start is not None else "runs on no machine"
    return f"Its worker {worker} {where}. " + (explained or "What it may measure meanwhile waits there.")
