"""The protocols of the outside, on one page: a store and its failures, live values, and the configuration."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from passerby.domain.alerts import Alert
from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.preview import Preview
from passerby.domain.queries import EventQuery, ObservationQuery, Page, Receipt
from passerby.domain.retention import DeletionRun, RetentionLine
from passerby.domain.service import SitePlan


class StoreError(PasserbyError):
    """A failure of the store; its text never holds a password."""


class StoreUnavailableError(StoreError):
    """A database that does not answer now; trying again later may help, and nothing was stored."""


class StoreVersionError(StoreError):
    """A store that a newer passerby has written, or that is none of ours."""


class Store(Protocol):
    """Storage of results. Whatever a `store_...` call returned for is on the disk; storing twice is harmless."""

    async def store_observations(self, observations: Sequence[Observation]) -> Receipt:
        """Stores one-minute rows; of two rows of one interval the better covered stays.

        Raises:
            StoreError: nothing of it was stored.
        """
        ...

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        """Returns observations by start, then series; what has just been stored is in every bin at once.

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def roll_up(self) -> int:
        """Adds finished minutes up to quarters, hours and days; returns how many intervals were written.

        Costs what is new only. Answers are the same before and after; afterwards they are read from fewer rows.
        """
        ...

    async def store_alerts(self, alerts: Sequence[Alert]) -> None:
        """Stores alerts; one of the same camera, rule, place and time is the same alert."""
        ...

    async def alerts(self, query: EventQuery) -> Page[Alert]:
        """Returns alerts, oldest first."""
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

    async def append_audit(self, entry: AuditEntry) -> None:
        """Appends to the audit log; there is no way to change an entry."""
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


class Live(Protocol):
    """The live state of the hub; nothing of it is stored."""

    @property
    def change(self) -> int:
        """Number that grows with every change."""
        ...

    async def changed(self, after: int, timeout_s: float) -> int:
        """Waits until `change` is past `after`, or for the time-out; returns `change`."""
        ...

    def health(self) -> tuple[CameraHealth, ...]:
        """Returns the newest report of each camera that has sent one since the start, by name."""
        ...

    def isolations(self) -> dict[str, Isolation]:
        """Returns camera -> how far the process that sees its pixels is isolated."""
        ...

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        """Returns the values so far of the minutes that the store does not hold yet."""
        ...

    def previews(self, camera: str) -> AbstractAsyncContextManager[AsyncIterator[Preview]]:
        """Returns the camera's pictures while the block lasts; a slow reader misses some.

        Pictures are drawn only while there is a reader.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def confirm_view(self, camera: str) -> bool:
        """Confirms that the lines and zones of a moved camera are right; False where its worker is not connected."""
        ...


class ConfigurationRefusedError(PasserbyError):
    """A site file with faults; it was not applied, and what ran goes on running."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class ConfigurationConflictError(PasserbyError):
    """Another version has been applied in the meantime."""


class Configurations(Protocol):
    """The site file: the truth about what runs, and its history."""

    @property
    def plan(self) -> SitePlan:
        """The plan that runs now."""
        ...

    async def newest(self) -> ConfigurationVersion:
        """The version that runs now."""
        ...

    async def versions(self) -> tuple[ConfigurationVersion, ...]:
        """Returns all versions that are kept, oldest first."""
        ...

    async def version(self, number: int) -> ConfigurationVersion | None:
        """Returns one version; None where there is none."""
        ...

    def faults(self, text: str) -> tuple[str, ...]:
        """Returns the faults of a site file, one sentence each with its line and key."""
        ...

    async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
        """Writes the site file anew and runs it; only the cameras that differ are started again.

        Args:
            text: the whole file.
            author: who applies it.
            base: number of the version that it was made from, None to overwrite whatever there is.

        Raises:
            ConfigurationRefusedError: it has faults.
            ConfigurationConflictError: `base` is not the newest.
        """
        ...

    async def roll_back(self, number: int, author: str) -> ConfigurationVersion:
        """Applies an earlier version again, as a new one.

        Raises:
            KeyError: there is no such version.
            ConfigurationRefusedError: it is not valid any more.
        """
        ...
