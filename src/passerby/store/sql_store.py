"""The store that the hub uses: every method of the port, with the database's errors translated."""

from collections.abc import Callable, Collection, Mapping, Sequence

from passerby.domain.audit import AuditEntry
from passerby.domain.cases import Case
from passerby.domain.columns import Distribution, Grouping, SeriesColumns, StoredSeries
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.decisions import Decision, RuleRecord
from passerby.domain.event_rules import ProfileSwitch
from passerby.domain.health import CameraHealth
from passerby.domain.intervals import Intervals
from passerby.domain.leases import WatchedPart
from passerby.domain.notices import EventNews, NoticeState, Notification, QueuedNotice, RecipientStanding
from passerby.domain.observations import Observation
from passerby.domain.place_events import EventGroup, PlaceEvent
from passerby.domain.queries import EventQuery, ObservationQuery, Page, PlaceEventQuery, Receipt
from passerby.domain.register import RegisterVersion
from passerby.domain.replays import EncryptedReplay
from passerby.domain.retention import DeletionRun, Kind, Retention, RetentionLine
from passerby.ports import AuditLog
from passerby.ports.access import AccessStore
from passerby.ports.fleet import FleetStore
from passerby.ports.hand_counts import HandCountStore
from passerby.ports.leases import LeaseStore
from passerby.ports.published import PublishedStore
from passerby.store.access.access_records import AccessRecords
from passerby.store.access.node_rows import NodeRows
from passerby.store.audit_log.log import SqlAuditLog
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend, make_partitions_ahead
from passerby.store.events.health import HealthReports
from passerby.store.events.notices import Notices
from passerby.store.events.place_events import PlaceEvents
from passerby.store.events.profile_switch import ProfileSwitches
from passerby.store.events.replays import EventReplays
from passerby.store.observations.columns import ColumnReader
from passerby.store.observations.distributions import DistributionReader
from passerby.store.observations.hand_counts import HandCounts
from passerby.store.observations.hand_overs.leases import Leases
from passerby.store.observations.published import PublishedRecords
from passerby.store.observations.reader import ObservationReader
from passerby.store.observations.roll_up import RollUp
from passerby.store.observations.writer import ObservationWriter
from passerby.store.records import Records
from passerby.store.register import RegisterTables
from passerby.store.retention.clock_guard import ClockGuard
from passerby.store.retention.enforcer import RetentionEnforcer
from passerby.units import NS_PER_S


class SqlStore:
    """A `Store` on either database; made by `open_store`.

    Args:
        backend: the database, with its tables up to date.
        intervals: where intervals begin.
        retention: how long each kind is kept.
        clock: UTC nanoseconds now.

    Attributes:
        access: accounts and what they log in with.
        audit_log: the audit log as a tree.
        hand_counts: counts by hand.
        leases: leases of cameras.
        fleet: nodes and invitations to join.
        published: what was drawn to be published.
    """

    def __init__(self, backend: Backend, intervals: Intervals, retention: Retention, clock: Callable[[], int]) -> None:
        self._reported = backend.failures.reported
        self._backend = backend
        self._clock = clock
        leases = Leases(backend, clock)
        self.leases: LeaseStore = leases
        self._writer = ObservationWriter(backend, leases)
        self._reader = ObservationReader(backend, intervals)
        self._columns = ColumnReader(backend, intervals)
        self._distributions = DistributionReader(backend, intervals)
        self._roll_up = RollUp(backend, intervals, clock)
        self._health = HealthReports(backend)
        self._audit = AuditWriter(backend)
        self._events = PlaceEvents(backend, self._audit)
        self._profiles = ProfileSwitches(backend, self._audit)
        self._notices = Notices(backend, self._audit)
        self._replays = EventReplays(backend, retention, clock)
        self.audit_log: AuditLog = SqlAuditLog(backend, self._audit, clock)
        self._records = Records(backend, self._audit, clock)
        self.access: AccessStore = AccessRecords(backend, self._audit.append)
        self.hand_counts: HandCountStore = HandCounts(backend, self._audit)
        self.fleet: FleetStore = NodeRows(backend, self._audit)
        self.published: PublishedStore = PublishedRecords(backend, self._audit)
        self._register = RegisterTables(backend, self._audit, clock)
        self._clock_guard = ClockGuard(backend)
        self._retention = RetentionEnforcer(backend, self._audit, intervals, retention, clock)

    async def recall(self) -> None:
        """Reads up to when minutes have been deleted, so that late ones are refused; once, after opening."""
        self._writer.horizon_s = await self._retention.horizon_s()

    async def store_observations(
        self, observations: Sequence[Observation], parts: Sequence[WatchedPart] = ()
    ) -> Receipt:
        """See `Store`."""
        async with self._reported("storing observations"):
            return await self._writer.store(observations, parts)

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        """See `Store`."""
        async with self._reported("reading observations"):
            return await self._reader.observations(query)

    async def columns(self, query: ObservationQuery, grouping: Grouping) -> tuple[SeriesColumns, ...]:
        """See `Store`."""
        async with self._reported("reading observations"):
            return await self._columns.columns(query, grouping)

    async def distributions(self, query: ObservationQuery, grouping: Grouping) -> tuple[Distribution, ...]:
        """See `Store`."""
        async with self._reported("reading distributions"):
            return await self._distributions.distributions(query, grouping)

    async def series(self, query: ObservationQuery) -> tuple[StoredSeries, ...]:
        """See `Store`."""
        async with self._reported("reading what is stored"):
            return await self._columns.series(query)

    async def roll_up(self) -> int:
        """See `Store`."""
        async with self._reported("rolling observations up"):
            await make_partitions_ahead(self._backend, self._clock)
            return await self._roll_up.roll_up()

    async def store_events(self, events: Sequence[PlaceEvent]) -> None:
        """See `EventStore`."""
        async with self._reported("storing events"):
            await self._events.store(events)

    async def events(self, query: PlaceEventQuery) -> Page[PlaceEvent]:
        """See `EventStore`."""
        async with self._reported("reading events"):
            return await self._events.page(query)

    async def event(self, event_id: str) -> PlaceEvent | None:
        """See `EventStore`."""
        async with self._reported("reading an event"):
            return await self._events.event(event_id)

    async def event_groups(self, query: PlaceEventQuery) -> Page[EventGroup]:
        """See `EventStore`."""
        async with self._reported("reading events by their cause"):
            return await self._events.groups(query)

    async def add_decisions(self, decided: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        """See `EventStore`."""
        async with self._reported("adding decisions"):
            return await self._events.add_decisions(decided)

    async def decisions(self, event_ids: Sequence[str]) -> tuple[Decision, ...]:
        """See `EventStore`."""
        async with self._reported("reading decisions"):
            return await self._events.decisions(event_ids)

    async def rule_records(self, query: PlaceEventQuery) -> tuple[RuleRecord, ...]:
        """See `EventStore`."""
        async with self._reported("reading how rules were judged"):
            return await self._events.rule_records(query)

    async def switch_profiles(self, by_hand: ProfileSwitch, account: str, entry: AuditEntry) -> None:
        """See `EventStore`."""
        async with self._reported("switching profiles"):
            await self._profiles.switch(by_hand, account, entry)

    async def profile_switch(self) -> tuple[ProfileSwitch, str] | None:
        """See `EventStore`."""
        async with self._reported("reading which profiles were switched"):
            return await self._profiles.newest()

    async def event_news(self, limit: int) -> tuple[EventNews, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading the news of events"):
            return await self._notices.event_news(limit)

    async def kept_back(self, limit: int) -> tuple[Notification, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading what recipients are to be notified of"):
            return await self._notices.kept_back(limit)

    async def notified(self, event_ids: Sequence[str]) -> Mapping[tuple[str, str], NoticeState]:
        """See `NoticeStore`."""
        async with self._reported("reading what recipients were notified of"):
            return await self._notices.notified(event_ids)

    async def plan_notices(
        self,
        looked_at: Sequence[PlaceEvent],
        notices: Sequence[tuple[QueuedNotice, Sequence[Notification]]],
        keep_back: Sequence[Notification] = (),
        drop: Sequence[Notification] = (),
    ) -> None:
        """See `NoticeStore`."""
        async with self._reported("storing notices"):
            await self._notices.plan(looked_at, notices, keep_back, drop)

    async def replace_notices(
        self, replaced: Sequence[str], notice: QueuedNotice, notifications: Sequence[Notification]
    ) -> None:
        """See `NoticeStore`."""
        async with self._reported("replacing notices"):
            await self._notices.replace(replaced, notice, notifications)

    async def waiting_notices(self, recipient: str, limit: int) -> tuple[QueuedNotice, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading notices"):
            return await self._notices.waiting(recipient, limit)

    async def postpone_notices(self, notice_id: str, recipient: str, due_ns: int, fault: str) -> None:
        """See `NoticeStore`."""
        async with self._reported("storing an attempt at a notice"):
            await self._notices.postpone(notice_id, recipient, due_ns, fault)

    async def end_notice(
        self, notice_id: str, state: NoticeState, time_ns: int, fault: str = "", entry: AuditEntry | None = None
    ) -> None:
        """See `NoticeStore`."""
        async with self._reported("storing how a notice ended"):
            await self._notices.end(notice_id, state, time_ns, fault, entry)

    async def add_test(self, notice: QueuedNotice, entry: AuditEntry | None) -> bool:
        """See `NoticeStore`."""
        async with self._reported("adding a test"):
            return await self._notices.add_test(notice, entry)

    async def notice_times(self, recipient: str, since_ns: int) -> tuple[int, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading notices"):
            return await self._notices.times(recipient, since_ns)

    async def recent_notices(
        self, limit: int, recipient: str | None = None, state: NoticeState | None = None
    ) -> tuple[QueuedNotice, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading notices"):
            return await self._notices.recent(limit, recipient, state)

    async def recipient_standings(self) -> tuple[RecipientStanding, ...]:
        """See `NoticeStore`."""
        async with self._reported("reading how delivery goes"):
            return await self._notices.standings()

    async def store_replays(self, replays: Sequence[EncryptedReplay]) -> None:
        """See `EventStore`."""
        async with self._reported("storing replays of events"):
            await self._replays.store(replays)

    async def replay(self, event_id: str) -> EncryptedReplay | None:
        """See `EventStore`."""
        async with self._reported("reading the replay of an event"):
            return await self._replays.replay(event_id)

    async def replays_until(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        """See `EventStore`."""
        async with self._reported("reading which events have a replay"):
            return await self._replays.until_ns(event_ids)

    async def keep_replays(self, cameras: Collection[str]) -> int:
        """See `EventStore`."""
        async with self._reported("deleting replays of events"):
            return await self._replays.keep_only(cameras)

    async def store_health(self, reports: Sequence[CameraHealth]) -> None:
        """See `Store`."""
        async with self._reported("storing health reports"):
            await self._health.store_health(reports)

    async def health(self, query: EventQuery) -> Page[CameraHealth]:
        """See `Store`."""
        async with self._reported("reading health reports"):
            return await self._health.health(query)

    async def newest_health(self) -> tuple[CameraHealth, ...]:
        """See `Store`."""
        async with self._reported("reading the newest health reports"):
            return await self._health.newest_health()

    async def append_audit(self, entry: AuditEntry) -> None:
        """See `Store`."""
        async with self._reported("appending to the audit log"):
            await self._audit.append_alone(entry)

    async def audit(self, query: EventQuery) -> Page[AuditEntry]:
        """See `Store`."""
        async with self._reported("reading the audit log"):
            page = await self.audit_log.leaves(query)
            return Page(tuple(leaf.entry for leaf in page.rows if leaf.entry is not None), page.after)

    async def add_configuration(self, text: str, author: str) -> ConfigurationVersion:
        """See `Store`."""
        async with self._reported("adding a configuration"):
            return await self._records.add_configuration(text, author)

    async def configuration(self, number: int | None = None) -> ConfigurationVersion | None:
        """See `Store`."""
        async with self._reported("reading a configuration"):
            return await self._records.configuration(number)

    async def configurations(self) -> tuple[ConfigurationVersion, ...]:
        """See `Store`."""
        async with self._reported("reading the configurations"):
            return await self._records.configurations()

    async def add_register(self, version: RegisterVersion) -> None:
        """See `RegisterStore`."""
        async with self._reported("publishing the register"):
            await self._register.add(version)

    async def register_version(self, number: int | None = None) -> RegisterVersion | None:
        """See `RegisterStore`."""
        async with self._reported("reading the register"):
            return await self._register.version(number)

    async def register_heads(self) -> tuple[RegisterVersion, ...]:
        """See `RegisterStore`."""
        async with self._reported("reading the register's versions"):
            return await self._register.heads()

    async def register_versions(self) -> tuple[RegisterVersion, ...]:
        """See `RegisterStore`."""
        async with self._reported("reading the register's versions"):
            return await self._register.versions()

    async def add_case(self, case: Case) -> Case:
        """See `RegisterStore`."""
        async with self._reported("adding a case"):
            return await self._register.add_case(case)

    async def cases(self, *, open_only: bool = False) -> tuple[Case, ...]:
        """See `RegisterStore`."""
        async with self._reported("reading the cases"):
            return await self._register.cases(open_only=open_only)

    async def case_of(self, reference_sha256: str) -> Case | None:
        """See `RegisterStore`."""
        async with self._reported("reading a case"):
            return await self._register.case_of(reference_sha256)

    async def answer_case(self, number: int, answer: bytes, author: str) -> bool:
        """See `RegisterStore`."""
        async with self._reported("answering a case"):
            return await self._register.answer_case(number, answer, author)

    async def enforce_retention(self) -> tuple[DeletionRun, ...]:
        """See `Store`."""
        async with self._reported("deleting what is too old"):
            await self._clock_guard.check(self._clock())
            # First refuse late rows, then roll up what is stored, then delete: no row is lost in between.
            cutoff_s = self._retention.cutoff_ns(Kind.MINUTES, self._clock()) // NS_PER_S
            self._writer.horizon_s = max(self._writer.horizon_s, cutoff_s)
            await self._roll_up.roll_up()
            return await self._retention.enforce()

    async def retention_report(self) -> tuple[RetentionLine, ...]:
        """See `Store`."""
        async with self._reported("checking retention"):
            return await self._retention.report()

    async def deletion_runs(self) -> tuple[DeletionRun, ...]:
        """See `Store`."""
        async with self._reported("reading the deletion runs"):
            return await self._retention.runs()

    async def close(self) -> None:
        """See `Store`."""
        await self._backend.close()
