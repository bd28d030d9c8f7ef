"""The protocol of the configuration that runs, and how a change of it is refused."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from passerby.domain.configurations import CameraEdit, ConfigurationVersion, Way
from passerby.domain.draft_trial import DraftFault
from passerby.domain.errors import PasserbyError
from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout
from passerby.domain.rule_forms import RuleForm
from passerby.domain.service import SitePlan
from passerby.domain.sources import PasswordState


class ConfigurationRefusedError(PasserbyError):
    """A site file with faults; it was not applied, and what ran goes on running."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class ConfigurationConflictError(PasserbyError):
    """Another version has been applied in the meantime."""


class PasswordNotTakenError(PasserbyError):
    """A camera that no encrypted password is kept for: it has no user, or the site file has one for it."""


class SiteEdits(Protocol):
    """Values of cameras in the site file, changed one by one; its comments and everything else stay as they are."""

    def rule_forms(self) -> tuple[RuleForm, ...]:
        """Returns what a rule of each kind is written with."""
        ...

    async def values(self, camera: str, ways: Sequence[Way]) -> tuple[object, ...]:
        """Returns what stands at keys of a camera now, None for nothing; secrets are left out.

        Args:
            camera: its name; `SITE` for what is no camera's.
            ways: the way to each key; one into a camera's `source` is for the configuration as a whole.
        """
        ...

    async def faults(self, edits: Sequence[CameraEdit]) -> tuple[DraftFault, ...]:
        """Returns what would be wrong with cameras after a change, each with its key; changes nothing."""
        ...

    async def planned(self, edits: Sequence[CameraEdit]) -> SitePlan:
        """Returns what would run after a change; changes nothing.

        Raises:
            DraftError: the cameras would have faults.
            ConfigurationConflictError: another person has changed the same values.
            ConfigurationRefusedError: the site file as a whole would have faults.
        """
        ...

    async def apply(self, edits: Sequence[CameraEdit], author: str) -> ConfigurationVersion:
        """Changes values, as one new version of the site file that runs at once.

        Raises:
            DraftError: the cameras would have faults.
            ConfigurationConflictError: another person has changed the same values, or the file on the disk.
            ConfigurationRefusedError: the site file as a whole would have faults.
        """
        ...


class Configurations(Protocol):
    """The site file: the truth about what runs, and its history."""

    @property
    def plan(self) -> SitePlan:
        """The plan that runs now."""
        ...

    @property
    def stray(self) -> str:
        """In what the copy on the disk, which cameras' processes read, differs from what runs; empty if in nothing."""
        ...

    @property
    def edits(self) -> SiteEdits:
        """Changes of single values."""
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

    async def planned(self, text: str) -> SitePlan:
        """Returns what would run with a site file, without any camera's stored password; nothing is applied.

        Raises:
            ConfigurationRefusedError: it has faults.
        """
        ...

    async def draft(
        self, camera: str, places: Mapping[str, Mapping[str, object]], rules: Mapping[str, object]
    ) -> tuple[Layout, tuple[EventRule, ...]]:
        """Returns the layout and the rules of a draft, see `config.loader.draft_of`; nothing is kept or run.

        Args:
            camera: a camera of the plan.
            places: `lines` and `zones`, each as in a site file.
            rules: as in a site file.

        Raises:
            DraftError: it has faults.
        """
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

    def password_state(self, camera: str) -> PasswordState:
        """Returns where a camera's password is kept, and never the password.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def set_password(self, camera: str, password: str, author: str) -> None:
        """Keeps a camera's password encrypted, and starts the camera with it.

        Raises:
            KeyError: there is no such camera.
            PasswordNotTakenError: none is kept for this camera.
            PasserbyError: it cannot be encrypted or written; what was there is as it was.
        """
        ...

    async def clear_password(self, camera: str, author: str) -> None:
        """Removes a camera's encrypted password, and starts the camera without it.

        Raises:
            KeyError: there is no such camera.
            PasserbyError: it cannot be removed.
        """
        ...
