"""Single values of the site file, changed by way of the configuration that runs."""

import asyncio
from collections.abc import Sequence
from typing import Final

from passerby.config.events.forms import rule_forms
from passerby.config.texts.camera_edits import OutdatedEditError, camera_values, edit_faults, with_edits
from passerby.domain.configurations import CameraEdit, ConfigurationVersion, Way
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.rule_forms import RuleForm
from passerby.domain.service import SitePlan
from passerby.ports import ConfigurationConflictError, Configurations

ATTEMPTS: Final = 3
"""Changes of other values may come between; of the same values none is overwritten, which their tags see to."""


class ConfigurationEdits:
    """Changes single values of the newest version.

    Args:
        configurations: the configuration that runs.
    """

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations

    def rule_forms(self) -> tuple[RuleForm, ...]:
        """Returns what a rule of each kind is written with."""
        return rule_forms()

    async def values(self, camera: str, ways: Sequence[Way]) -> tuple[object, ...]:
        """Returns what stands at keys of a camera now."""
        text = (await self._configurations.newest()).text
        return await asyncio.to_thread(camera_values, text, camera, ways)

    async def faults(self, edits: Sequence[CameraEdit]) -> tuple[DraftFault, ...]:
        """Returns what would be wrong with cameras after a change."""
        text = (await self._configurations.newest()).text
        try:
            return await asyncio.to_thread(edit_faults, text, edits)
        except OutdatedEditError as error:
            raise ConfigurationConflictError(str(error)) from None

    async def planned(self, edits: Sequence[CameraEdit]) -> SitePlan:
        """Returns what would run after a change."""
        faults = await self.faults(edits)
        if faults:
            raise DraftError(faults)
        text = await asyncio.to_thread(with_edits, (await self._configurations.newest()).text, edits)
        return await self._configurations.planned(text)

    async def apply(self, edits: Sequence[CameraEdit], author: str) -> ConfigurationVersion:
        """Changes values; what another person has changed meanwhile elsewhere in the file stays."""
        for attempt in range(ATTEMPTS):
            faults = await self.faults(edits)
            if faults:
                raise DraftError(faults)
            newest = await self._configurations.newest()
            try:
                text = await asyncio.to_thread(with_edits, newest.text, edits)
            except OutdatedEditError as error:
                raise ConfigurationConflictError(str(error)) from None
            try:
                return await self._configurations.apply(text, author, newest.number)
            except ConfigurationConflictError:
                if attempt == ATTEMPTS - 1 or (await self._configurations.newest()).number == newest.number:
                    raise
        raise AssertionError("unreachable")
