"""The store's protocol and its failures."""

from collections.abc import Sequence
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.columns import Distribution, Grouping, SeriesColumns, StoredSeries
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth
from passerby.domain.leases import WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.queries import EventQuery, ObservationQuery, Page, Receipt
from passerby.domain.retention import DeletionRun, RetentionLine
from passerby.ports.access import AccessStore
from passerby.ports.audit import AuditLog
from passerby.ports.events import EventStore
from passerby.ports.fleet import FleetStore
from passerby.ports.hand_counts import HandCountStore
from passerby.ports.leases import LeaseStore
from passerby.ports.notices import NoticeStore
from passerby.ports.published import PublishedStore
from passerby.ports.register import RegisterStore


class StoreError(PasserbyError):
    """A failure of the store; its text never holds a password."""


class StoreUnavailableError(StoreError):
    """A database that does not answer now; trying again later may help, and nothing was stored."""


class StoreVersionError(StoreError):
    """A store that a newer passerby has written, or that is none of ours."""


class TooManyDecisionsError(StoreError):
    """More decisions about one event than it can have."""


class AuditBrokenError(StoreError):
    """An audit log that is not what was appended to it; nothing more is appended, so no audited act happens."""


class Store(RegisterStore, EventStore, NoticeStore, Protocol):
    """Storage of results. Whatever a `store_...` call returned for is on the disk; storing twice is harmless."""

    @property
    def access(self) -> AccessStore:
        """Accounts and what they log in with, in the same database."""
        ...

    @property
    def hand_counts(self) -> HandCountStore:
        """Counts by hand, in the same database."""
        ...

    @property
    def leases(self) -> LeaseStore:
        """Leases of cameras, in the same database."""
        ...

    @property
    def fleet(self) -> FleetStore:
        """Nodes and invitations to join, in the same database."""
        ...

    @property
    def published(self) -> PublishedStore:
        """What was drawn to be published, in the same database."""
        ...

    async def store_observations(
        self, observations: Sequence[Observation], parts: Sequence[WatchedPart] = ()
    ) -> Receipt:
        """Stores one-minute rows; of two rows of one interval and one lease the better covered stays.

        What was measured of a minute under several leases is added up. What was measured after a higher one began is
        kept, and never added (see `domain.leases`).

        Args:
            observations: of each camera's minute those of one part only.
            parts: what they are of; those of another minute are of the whole of it, measured under no lease.

        Raises:
            StoreError: nothing of it was stored.
        """
        ...

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        """Returns observations by start, then series; what has just been stored is in every bin at once.

        Percentiles of long intervals are those of all their values, where every minute has a histogram (`estimated`).

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def columns(self, query: ObservationQuery, grouping: Grouping) -> tuple[SeriesColumns, ...]:
        """Returns the same as `observations` series by series, whole, whatever the query's page; by name, then start.

        Args:
            query: of which series, from when to when, in which stored intervals.
            grouping: longer intervals, each of whole stored ones; what is put together: counts and percentiles,
                nothing else.
        """
        ...

    async def distributions(self, query: ObservationQuery, grouping: Grouping) -> tuple[Distribution, ...]:
        """Returns histograms, merged for each of the grouping's spans that has any; by name, then start.

        Args:
            query: of which series, from when to when, in which stored intervals.
            grouping: the spans, of whole stored intervals; over what is merged.
        """
        ...

    async def series(self, query: ObservationQuery) -> tuple[StoredSeries, ...]:
        """Returns the series that something is stored of, of all that the query asks for but its range."""
        ...

    async def roll_up(self) -> int:
        """Adds finished minutes up to quarters, hours and days; returns how many intervals were written.

        Costs what is new only. Answers are the same before and after; afterwards they are read from fewer rows.
        """
        ...

    async def store_health(self, reports: Sequence[CameraHealth]) -> None:
        """Stores health reports; one of the same camera and time is the same report."""
        ...

    async def health(self, query: EventQuery) -> Page[CameraHealth]:
        """Returns health reports, oldest first."""
        ...

    async def newest_health(self) -> tuple[CameraHealth, ...]:
        """Returns the newest report of each camera, by name."""
        ...

    @property
    def audit_log(self) -> AuditLog:
        """The audit log as a tree: pages of entries with their places, checkpoints, proofs and verification."""
        ...

    async def append_audit(self, entry: AuditEntry) -> None:
        """Appends to the audit log; there is no way to change an entry.

        Raises:
            AuditBrokenError: the log is broken.
            StoreError: the entry could not be stored. The act that it is about must then not happen.
        """
        ...

    async def audit(self, query: EventQuery) -> Page[AuditEntry]:
        """Returns audit entries, oldest first."""
        ...

    async def add_configuration(self, text: str, author: str) -> ConfigurationVersion:
        """Stores a version of the site file with its audit entry; the newest one again makes no new one."""
        ...

    async def configuration(self, number: int | None = None) -> ConfigurationVersion | None:
        """Returns the version of that number, or the newest; None where there is none."""
        ...

    async def configurations(self) -> tuple[ConfigurationVersion, ...]:
        """Returns all versions that are kept, oldest first."""
        ...

    async def enforce_retention(self) -> tuple[DeletionRun, ...]:
        """Deletes what is older than its limit, and records that it did.

        Raises:
            StoreError: nothing was deleted; also when the clock has leapt ahead and is not believed yet.
        """
        ...

    async def retention_report(self) -> tuple[RetentionLine, ...]:
        """Returns the oldest row of each kind, compared with its limit."""
        ...

    async def deletion_runs(self) -> tuple[DeletionRun, ...]:
        """Returns the record of what was deleted when, oldest first."""
        ...

    async def close(self) -> None:
        """Ends all connections; the store cannot be used afterwards."""
        ...
