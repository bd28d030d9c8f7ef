"""The site file that is drawn into, as the routes of the API see a service's: its text, its versions, its plan."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

import numpy as np

from passerby.config.document import DocumentError, parse
from passerby.config.loader import draft_of, layout_of, load_site, site_of_text
from passerby.config.secrets.redaction import redacted, unredacted
from passerby.config.site import CameraKeys, Site
from passerby.config.texts.configuration_edits import ConfigurationEdits
from passerby.config.texts.site_storage import text_of, write_site
from passerby.config.texts.yaml_text import flow_text
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.event_rules import EventRule
from passerby.domain.film import Mode
from passerby.domain.layout import Layout
from passerby.domain.register import (
    Assessment,
    CameraRecord,
    Contact,
    LegalBasis,
    LegalGround,
    Place,
    Registration,
    Wording,
)
from passerby.domain.service import CameraPlan, DetectorPlan, ServerPlan, SitePlan
from passerby.domain.sources import CameraSource, PasswordPlace, PasswordState, SourceKind
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError

AUTHOR: Final = "site file"
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME: Final = 63
_NOBODY: Final = Contact("", "", "")
_HERE: Final = Wording({"en": "a recording on this machine"})
_RECORDING: Final = Registration(
    CameraRecord(
        _HERE, _NOBODY, _NOBODY, _NOBODY, (), LegalBasis(LegalGround.PUBLIC_TASK, _HERE),
        Place(_HERE, (0.0, 0.0), ()), (), Assessment(""),
    )
)  # fmt: skip
"""A recording is counted whatever the register says; nothing of this is published."""


class RecordingSite:
    """Implements `Configurations` on a site file that nothing runs.

    Args:
        path: the site file, which need not be there yet.
        camera: the camera that is drawn at.
        video: the recording of it.
        text: the whole file as it is, or as it will begin.
        port: where the page is served.
    """

    def __init__(self, path: Path, camera: str, video: Path, text: str, port: int) -> None:
        self.stray, self.edits = "", ConfigurationEdits(self)
        self.camera = camera
        self._path, self._video, self._text, self._port = path, video, text, port
        self._on_disk = path.exists()
        self._versions = [ConfigurationVersion(1, time.time_ns(), AUTHOR, redacted(text))]
        self._site, _ = site_of_text(text, str(path))

    @classmethod
    def open(cls, path: Path, camera: str | None, video: Path, port: int) -> Self:
        """Opens a site file, or begins one.

        Raises:
            SiteFileError: it has faults.
            PasserbyError: it has several cameras and none is named, or not the one that is named.
        """
        if not path.exists():
            name = camera or camera_name(video)
            return cls(path, name, video, begun(path, name, video), port)
        cameras = load_site(path).cameras
        name = camera or (next(iter(cameras)) if len(cameras) == 1 else "")
        if name not in cameras:
            known = ", ".join(cameras)
            what = f"there is no camera {camera}" if camera else f"there are {len(cameras)} cameras"
            raise PasserbyError(f"{path}: {what}. Name one of them with --camera: {known}.")
        return cls(path, name, video, text_of(path), port)

    @property
    def keys(self) -> CameraKeys:
        """The camera's keys."""
        return self._site.cameras[self.camera]

    @property
    def detector(self) -> DetectorPlan:
        """What the site says of the detector."""
        wanted = self._site.detector
        return DetectorPlan(wanted.model, *wanted.limits)

    @property
    def plan(self) -> SitePlan:
        """See `Configurations`: the one camera."""
        return self._planned(self._site)

    def _planned(self, site: Site) -> SitePlan:
        keys = site.cameras[self.camera]
        source = CameraSource(SourceKind.FILE, file=self._video)
        camera = CameraPlan(
            self.camera,
            source,
            layout_of(keys),
            masks=tuple(np.array(area, np.float32) for area in keys.masks),
            mode=Mode(keys.anonymise.mode),
            registration=_RECORDING,
        )
        return SitePlan(site.site.name, site.site.time_zone, (camera,), server=ServerPlan(port=self._port))

    async def newest(self) -> ConfigurationVersion:
        """See `Configurations`."""
        return self._versions[-1]

    async def versions(self) -> tuple[ConfigurationVersion, ...]:
        """See `Configurations`: those since the page was opened."""
        return tuple(self._versions)

    async def version(self, number: int) -> ConfigurationVersion | None:
        """See `Configurations`."""
        return next((version for version in self._versions if version.number == number), None)

    def faults(self, text: str) -> tuple[str, ...]:
        """See `Configurations`."""
        try:
            self._read(text)
        except SiteFileError as error:
            return error.faults
        return ()

    async def planned(self, text: str) -> SitePlan:
        """See `Configurations`."""
        return self._planned(self._allowed(text)[1])

    async def draft(
        self, camera: str, places: Mapping[str, Mapping[str, object]], rules: Mapping[str, object]
    ) -> tuple[Layout, tuple[EventRule, ...]]:
        """See `Configurations`."""
        return draft_of(parse(self._text), camera, places, rules)

    async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
        """See `Configurations`: writes the site file."""
        whole, site = self._allowed(text)
        if base is not None:
            self._check(base)
        write_site(self._path, whole)
        self._text, self._site, self._on_disk = whole, site, True
        self._versions.append(
            ConfigurationVersion(self._versions[-1].number + 1, time.time_ns(), author, redacted(whole))
        )
        return self._versions[-1]

    async def roll_back(self, number: int, author: str) -> ConfigurationVersion:
        """See `Configurations`."""
        version = await self.version(number)
        if version is None:
            raise KeyError(number)
        return await self.apply(version.text, author, None)

    def password_state(self, camera: str) -> PasswordState:
        """See `Configurations`: a recording has none."""
        del camera
        return PasswordState(PasswordPlace.NONE)

    async def set_password(self, camera: str, password: str, author: str) -> None:
        """See `Configurations`."""
        del camera, password, author
        raise PasserbyError("a recording has no password")

    async def clear_password(self, camera: str, author: str) -> None:
        """See `Configurations`: there is none."""

    def _allowed(self, text: str) -> tuple[str, Site]:
        try:
            return self._read(text)
        except SiteFileError as error:
            raise ConfigurationRefusedError(error.faults) from None

    def _read(self, text: str) -> tuple[str, Site]:
        try:
            whole = unredacted(text, self._text)
        except DocumentError:
            whole = text  # its faults are reported when it is read next
        site, _ = site_of_text(whole, str(self._path))
        if self.camera not in site.cameras:
            raise SiteFileError([f"{self._path}: the camera {self.camera}, which is drawn at, is not in it"])
        return whole, site

    def _check(self, base: int) -> None:
        if base != self._versions[-1].number:
            raise ConfigurationConflictError(f"this was made from version {base}, but there is a newer one by now")
        there = self._path.exists()
        if there != self._on_disk or (there and text_of(self._path) != self._text):
            raise ConfigurationConflictError(
                f"{self._path}: the file was changed by something else since it was opened. Run the command again"
            )


def camera_name(video: Path) -> str:
    """Returns a camera's name for a recording: what is in its own and may be in one.

    >>> camera_name(Path("Trg republike (1).mp4"))
    'Trg-republike-1'
    """
    return _NO_NAME.sub("-", video.stem).strip("-_")[:_LONGEST_NAME] or "camera"


def begun(path: Path, camera: str, video: Path) -> str:
    """Returns the text that a new site file begins with; the recording is named as its folder sees it."""
    folder, file = path.absolute().parent, video.absolute()
    shown = file.relative_to(folder) if file.is_relative_to(folder) else file
    source = f"{{file: {flow_text(str(shown))}}}"
    return f"# Lines and zones drawn with passerby draw.\ncameras:\n  {camera}:\n    source: {source}\n"
