"""A site file in memory, with its versions, in place of the one that a service runs."""

from collections.abc import Mapping

from passerby.config.document import Document
from passerby.config.loader import draft_of
from passerby.config.texts.configuration_edits import ConfigurationEdits
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout
from passerby.domain.service import SitePlan
from passerby.domain.sources import PasswordPlace, PasswordState
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError, PasswordNotTakenError
from testing.web.made import NOW_S, NS_PER_S, SITE, site_plan

DRAWN = {
    "lines": {"west gate": {"points": ((0.27, 0.36), (0.25, 0.48)), "count": ("pedestrian", "bicycle")}},
    "zones": {"benches": {"points": ((0.3, 0.3), (0.7, 0.3), (0.7, 0.6))}},
}
"""What `camera_plan` measures, as in a site file."""


class FakeConfigurations:
    """A site file in memory, its secrets left out as the real one does; a text with `broken` in it has a fault."""

    def __init__(self, text: str = SITE) -> None:
        self.plan = site_plan()
        self.stray = ""
        self.edits = ConfigurationEdits(self)
        self.passwords: dict[str, PasswordState] = {}
        self.kept = [ConfigurationVersion(1, NOW_S * NS_PER_S, "file", text)]

    async def newest(self) -> ConfigurationVersion:
        return self.kept[-1]

    async def versions(self) -> tuple[ConfigurationVersion, ...]:
        return tuple(self.kept)

    async def version(self, number: int) -> ConfigurationVersion | None:
        return next((version for version in self.kept if version.number == number), None)

    def faults(self, text: str) -> tuple[str, ...]:
        lines = text.splitlines()
        return tuple(f"site.yaml:{at} broken: got {line}" for at, line in enumerate(lines, 1) if "broken" in line)

    async def planned(self, text: str) -> SitePlan:
        if self.faults(text):
            raise ConfigurationRefusedError(self.faults(text))
        return self.plan

    async def draft(
        self, camera: str, places: Mapping[str, Mapping[str, object]], rules: Mapping[str, object]
    ) -> tuple[Layout, tuple[EventRule, ...]]:
        return draft_of(Document({"cameras": {camera: DRAWN}}, {}, []), camera, places, rules)

    async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
        if self.faults(text):
            raise ConfigurationRefusedError(self.faults(text))
        if base is not None and base != self.kept[-1].number:
            raise ConfigurationConflictError("changed")
        self.kept.append(ConfigurationVersion(self.kept[-1].number + 1, NOW_S * NS_PER_S, author, text))
        return self.kept[-1]

    def password_state(self, camera: str) -> PasswordState:
        return self.passwords.get(camera, PasswordState(PasswordPlace.NONE))

    async def set_password(self, camera: str, password: str, author: str) -> None:
        if password == "refused":
            raise PasswordNotTakenError("the site file has a password for it")
        self.passwords[camera] = PasswordState(PasswordPlace.ENCRYPTED, NOW_S * NS_PER_S)

    async def clear_password(self, camera: str, author: str) -> None:
        self.passwords.pop(camera, None)

    async def roll_back(self, number: int, author: str) -> ConfigurationVersion:
        version = await self.version(number)
        if version is None:
            raise KeyError(number)
        return await self.apply(version.text, author, None)
