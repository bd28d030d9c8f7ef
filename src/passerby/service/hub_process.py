"""The hub's process: the store, the live state, and the HTTP API over both."""

import asyncio
import os
import sys
import time
from pathlib import Path

from passerby.access import Access, AccessError
from passerby.camera_secrets.errors import CameraSecretError
from passerby.command_hints import hints_for
from passerby.domain.audit import AuditEntry
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.retention import RUN_EVERY_S
from passerby.domain.service import ServerPlan, SitePlan
from passerby.drawing.site_drawings import SiteDrawings
from passerby.engine.hub.server import HubServer
from passerby.engine.live_state import LiveState, stopped_reports
from passerby.engine.replays.encryption import ReplayKey
from passerby.engine.service_folder import (
    ACCESS_KEY_FILE,
    LINK_FILE,
    OPEN_DATA_FOLDER,
    PRIVATE_UMASK,
    PUSH_KEY_FILE,
    REPLAY_KEY_FILE,
    ServiceFolder,
)
from passerby.engine.unwatched.orphans import StoppedCameras
from passerby.files import write_private
from passerby.key_files import kept_key
from passerby.messages.supervision_messages import (
    AppliedConfiguration,
    FromSupervisor,
    OneTimeLink,
    ReloadConfiguration,
    RenewLink,
)
from passerby.ports import Store, StoreError
from passerby.publish.delivery import Delivery
from passerby.publish.push_key import PushKey
from passerby.register.published.publication import Publication
from passerby.sandbox.limits import forbid_dumps
from passerby.service.cameras.camera_search import NetworkCameraSearch
from passerby.service.configurations import FileConfigurations
from passerby.service.hub.active_hub import ActiveHub
from passerby.service.hub.audit_keeper import AuditKeeper
from passerby.service.hub.interpreter import answer_soon
from passerby.service.hub.number_publishing import NumberPublishing
from passerby.service.hub.number_sending import NumberSending
from passerby.service.hub.outlets import service_outlets
from passerby.service.hub.publishing import open_publication
from passerby.service.hub.status import STATUS_S, send_status
from passerby.service.hub.web_server import Server, bound, follow_certificate, listening_plan, place_of, tls_context
from passerby.service.metrics.burden_watch import BurdenWatch
from passerby.service.metrics.delivery import DeliveryMetrics
from passerby.service.metrics.hub import HubMetrics
from passerby.service.metrics.nodes import NodeMetrics
from passerby.service.nodes.hub_side import HubNodes
from passerby.service.nodes.placement import Placement
from passerby.service.plans import ReadSite, wanted_site
from passerby.service.supervised_process import RESTART_AT_ONCE, SupervisorLink, stop_at_signals
from passerby.telemetry.logs import Redaction, configure_logs, get_log
from passerby.units import HOUR_S
from passerby.web.app import create_app, end_streams, recall_purposes, work_out_routes
from passerby.web.edge.identities import SessionCookie
from passerby.web.edge.server import ClientLimits, server_config

ROLL_UP_S = 60.0
RETENTION_AGAIN_S = float(HOUR_S)
DRIFT_S = 5.0
"""How long a register that differs from what runs may go unnoticed."""
MAINTAIN_ACCESS_S = 60.0


class HubProcess:
    """Runs the parts of the hub."""

    def __init__(self, site: Path, data: Path, redaction: Redaction, link: SupervisorLink, *, clustered: bool) -> None:
        """Takes what it runs on.

        Args:
            site: the site file.
            data: the data folder.
            redaction: gets the secrets that no log may show.
            link: the link to the supervisor.
            clustered: a cluster places the cameras that name no node.
        """
        self._site, self._data, self._redaction, self._link = site, data, redaction, link
        self._clustered, self._log, self._stop = clustered, get_log(), asyncio.Event()
        self._code = 0
        self._started: SitePlan | None = None
        self._read: ReadSite | None = None
        self._front = ServerPlan()
        self._waits_for_account = False
        self._unpublished = ""
        self._hub: ActiveHub | None = None
        self._live: LiveState | None = None
        self._nodes: HubNodes | None = None
        self._placement: Placement | None = None

    async def run(self) -> int:
        """Serves until it gets a signal to stop; returns the exit code."""
        stop_at_signals(self._stop)
        requests: asyncio.Queue[FromSupervisor] = asyncio.Queue()
        receiving = asyncio.create_task(self._receive(requests))
        read = await asyncio.to_thread(wanted_site, self._site, self._data, os.environ)
        plan = read.service.plan
        self._redaction.hide(plan.secrets)
        async with ActiveHub(self._site, self._data, plan, self._link.send) as hub:
            self._hub = hub
            store = await hub.opened(self._stop)
            if store is not None:
                self._started = hub.plan
                self._read = read if hub.plan is plan else None
                self._redaction.hide(hub.plan.secrets)
                try:
                    await self._serve(store, hub, requests)
                finally:
                    await store.close()
        receiving.cancel()
        return self._code

    async def _receive(self, requests: asyncio.Queue[FromSupervisor]) -> None:
        try:
            await self._link.receive(requests.put_nowait)
        finally:
            self._stop.set()  # the supervisor is gone

    async def _serve(self, store: Store, hub: ActiveHub, requests: asyncio.Queue[FromSupervisor]) -> None:
        plan = hub.plan
        audit_keeper = AuditKeeper(store.audit_log, ServiceFolder(self._data), os.environ)
        await audit_keeper.start()
        register = open_publication(store, self._data, os.environ)
        configurations = await FileConfigurations.open(
            self._site,
            store,
            self._data,
            publish=register.publish,
            on_applied=self._applied,
            environment=os.environ,
            read=self._read,
        )
        if configurations.problem:
            self._log.error("the site file does not run; the last good one does", why=configurations.problem)
        placement = self._placement = Placement(store.leases, self._data, clustered=self._clustered)
        # What was edited while the hub was away is applied by now: the workers get it, and change what differs.
        await placement.place_until(configurations.plan, self._stop)
        self._send_applied(configurations.plan, placement)
        live = self._live = LiveState(lambda: [camera.name for camera in configurations.plan.cameras])
        live.set_stopped(stopped_reports(configurations.plan, time.time_ns()))
        switched = await store.profile_switch()
        if switched is not None:
            live.switch_profiles(switched[0])
        nodes = self._nodes = HubNodes.open(
            self._site, self._data, os.environ, store, lambda: configurations.plan, placement, self._read
        )
        self._read = None
        hub_server = HubServer(nodes.listeners, store, live, lambda: configurations.plan.replaying, nodes.parts)
        key = kept_key(self._data / ACCESS_KEY_FILE)
        front = self._front = listening_plan(plan.server, any_account=await store.access.any_account())
        self._waits_for_account = front != plan.server
        access = Access(
            store.access,
            key,
            lambda: configurations.plan.access,
            lambda: place_of(front),
            lambda: configurations.plan.name,
            groups=lambda: configurations.plan.groups,
        )
        push_key = PushKey(self._data / PUSH_KEY_FILE, os.environ)
        outlets = service_outlets(access, push_key, lambda: configurations.plan)
        delivery = Delivery(store, lambda: configurations.plan, outlets=outlets)
        burden = BurdenWatch(store, lambda: configurations.plan)
        numbers = NumberPublishing(store, lambda: configurations.plan, self._data / OPEN_DATA_FOLDER)
        sending = NumberSending(store, lambda: configurations.plan)
        app = create_app(
            store,
            live,
            configurations,
            SiteDrawings(configurations),
            access,
            SessionCookie(key),
            register,
            collectors=[
                HubMetrics(live, hub_server),
                DeliveryMetrics(delivery),
                burden,
                NodeMetrics(nodes),
                numbers,
                sending,
            ],
            push_key=push_key,
            camera_search=NetworkCameraSearch(lambda: configurations.plan.networks),
            open_replay=ReplayKey(self._data / REPLAY_KEY_FILE, os.environ).opened,
            hints=hints_for(self._site, self._data),
            open_data=numbers.open_data,
        )
        await recall_purposes(app)
        tls = tls_context(front.tls) if front.tls else None
        limits = ClientLimits(connections=plan.server.connections_each)
        server, listening = Server(server_config(app, front.host, front.port, limits, tls)), bound(front)
        nodes.pass_on_to(server.passed_on)
        if hub.took_over:
            # Another one would end those that the hub before has given out.
            self._log.info("this hub has taken over; `passerby link SITE.yaml` prints a link where one is needed")
        elif not await self._kept_link(access):
            await self._send_link(access)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listening]))
            others = [
                tasks.create_task(hub.watch(self._replaced)),
                tasks.create_task(hub_server.run()),
                tasks.create_task(nodes.run(live, lambda: configurations.plan, self._restart)),
                tasks.create_task(self._maintain(store, live, configurations)),
                tasks.create_task(self._maintain_access(access)),
                tasks.create_task(follow_certificate(tls, front.tls) if tls and front.tls else asyncio.sleep(0)),
                tasks.create_task(audit_keeper.run()),
                tasks.create_task(delivery.run()),
                tasks.create_task(burden.run()),
                tasks.create_task(numbers.run()),
                tasks.create_task(sending.run()),
                tasks.create_task(send_status(self._link.send, live, hub_server, configurations, delivery, burden)),
                tasks.create_task(self._follow(requests, configurations, access)),
                tasks.create_task(self._compare(register, store, configurations)),
            ]
            await self._stop.wait()
            end_streams(app)
            server.should_exit = True
            await serving
            for task in others:
                task.cancel()

    async def _applied(self, plan: SitePlan) -> None:
        """Another site file runs: assigns the cameras anew, and restarts the hub where its own settings changed."""
        self._redaction.hide(plan.secrets)
        if self._placement is not None:
            await self._placement.place_until(plan, self._stop)
            self._send_applied(plan, self._placement)
        if self._live is not None:
            self._live.set_stopped(stopped_reports(plan, time.time_ns()))
        if self._nodes is not None:
            await self._nodes.changed()
        if self._hub is not None:
            await self._hub.copy()
        before = self._started
        if before is None or _own_settings(before) != _own_settings(plan):
            self._restart()

    def _send_applied(self, plan: SitePlan, placement: Placement) -> None:
        self._link.send(
            AppliedConfiguration(tuple(camera.name for camera in placement.here(plan)), plan.cameras_per_worker)
        )

    async def _maintain(self, store: Store, live: LiveState, configurations: FileConfigurations) -> None:
        """Rolls up, deletes, and closes the events of cameras that do not run, over and over."""
        retention_due_s = 0.0
        stopped = StoppedCameras(store, lambda: configurations.plan)
        while True:
            try:
                await store.roll_up()
                live.set_events(await stopped.close_events())
            except StoreError as fault:
                self._log.error("the store could not be rolled up wholly; tried again", why=str(fault))
            if time.monotonic() >= retention_due_s:
                retention_due_s = time.monotonic() + await self._enforce_retention(store)
            await asyncio.sleep(ROLL_UP_S)

    async def _enforce_retention(self, store: Store) -> float:
        """Deletes what is too old; returns after how many seconds it is to be done again."""
        try:
            runs = await store.enforce_retention()
        except StoreError as fault:
            self._log.error(
                "retention could not be enforced wholly; tried again", why=str(fault), again_in_s=RETENTION_AGAIN_S
            )
            return RETENTION_AGAIN_S
        self._log.info("retention enforced", deleted={run.kind.value: run.deleted for run in runs})
        return float(RUN_EVERY_S)

    async def _compare(self, register: Publication, store: Store, configurations: FileConfigurations) -> None:
        """Compares the published register with what runs, over and over; a difference is shown, logged and audited."""
        known = ""
        while True:
            await asyncio.sleep(DRIFT_S)
            await self._catch_up(configurations)
            try:
                drift = await register.check(configurations.plan, await configurations.newest())
                drift = register.drift = drift or configurations.stray
                if drift and drift != known:
                    self._log.error("the register differs from what runs", why=drift)
                    await store.append_audit(AuditEntry(time.time_ns(), "passerby", "register.drift", "", drift))
                known = drift
            except StoreError as fault:
                self._log.error("the register could not be compared; tried again", why=str(fault))

    async def _catch_up(self, configurations: FileConfigurations) -> None:
        """Publishes and applies what could not be before; a fault is logged once, while it stays the same."""
        if not configurations.waits:
            self._unpublished = ""
            return
        try:
            await configurations.catch_up()
            self._log.info("what had been interrupted is published and applied")
        except (StoreError, OutputError, CameraSecretError) as fault:
            if str(fault) != self._unpublished:
                self._log.error("what was interrupted cannot be published or applied; tried again", why=str(fault))
            self._unpublished = str(fault)

    async def _follow(
        self, requests: asyncio.Queue[FromSupervisor], configurations: FileConfigurations, access: Access
    ) -> None:
        while True:
            request = await requests.get()  # nosec B113 - a queue
            if isinstance(request, ReloadConfiguration):
                try:
                    await configurations.reload()
                except (StoreError, OutputError) as fault:
                    self._log.error("the site file could not be applied; what ran runs on", why=str(fault))
                if configurations.problem:
                    self._log.error("the site file has faults; what ran runs on", why=configurations.problem)
            elif isinstance(request, RenewLink):
                await self._send_link(access)

    async def _kept_link(self, access: Access) -> bool:
        """Returns whether the link that a hub of this service made before still works, so that it holds on."""
        try:
            link = (self._data / LINK_FILE).read_text("utf-8").strip()
            return await access.link.works(link.rpartition("/open/")[2])
        except (OSError, ValueError, StoreError):
            return False

    async def _send_link(self, access: Access) -> None:
        try:
            link = f"{self._front.origin}/open/{await access.link.new()}"
        except (AccessError, StoreError) as fault:
            self._log.error(
                "there is no one-time link now; `passerby link SITE.yaml` asks for one again", why=str(fault)
            )
            return
        write_private(self._data / LINK_FILE, link + "\n")
        self._link.send(OneTimeLink(link))

    async def _maintain_access(self, access: Access) -> None:
        """Deletes ended sessions, and listens where the site file says once there is an account."""
        while True:
            try:
                await access.maintain()
                if self._waits_for_account and await access.any_account():
                    self._log.info("there is an account now: the hub starts again to listen where the site file says")
                    self._restart()
            except StoreError as fault:
                self._log.error("ended sessions were not deleted; tried again", why=str(fault))
            await asyncio.sleep(STATUS_S if self._waits_for_account else MAINTAIN_ACCESS_S)

    def _replaced(self) -> None:
        self._code = RESTART_AT_ONCE
        self._stop.set()

    def _restart(self) -> None:
        self._code = RESTART_AT_ONCE
        asyncio.get_running_loop().call_later(0.5, self._stop.set)  # the answer to the client goes first


def _own_settings(plan: SitePlan) -> tuple[object, ...]:
    """Returns the settings of the hub's own parts; a change of them needs a new hub."""
    return plan.store_url, plan.time_zone, plan.retention.keep_days, plan.server, plan.fleet


def main() -> int:
    """`python -m passerby.service.hub_process SITE DATA [ENGINE]`."""
    site, data, clustered = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["ray"]
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    link = SupervisorLink()
    work_out_routes()  # more than half of what a hub that waits would have to do when it takes over
    answer_soon()
    redaction = configure_logs("hub")
    try:
        return asyncio.run(HubProcess(site, data, redaction, link, clustered=clustered).run())
    except* PasserbyError as faults:
        for fault in faults.exceptions:
            get_log().error("the hub cannot run", why=str(fault))
    return 1


if __name__ == "__main__":
    sys.exit(main())
