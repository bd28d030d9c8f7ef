"""The protocol of changes to single values of the site file."""

from collections.abc import Sequence
from typing import Protocol

from passerby.domain.configurations import CameraEdit, ConfigurationVersion, Way
from passerby.domain.draft_trial import DraftFault
from passerby.domain.rule_forms import RuleForm
from passerby.domain.service import SitePlan


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
