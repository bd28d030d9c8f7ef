"""What is drawn at the cameras of a service: read, checked, changed with its history, and never overwritten unseen."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from passerby.config.document import DocumentError
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.draft_trial import DraftError
from passerby.domain.drawings import CameraDrawing, DrawingCheck, DrawingVersion, GroundFit
from passerby.drawing.camera_keys import checked, drawings_in, with_drawing
from passerby.drawing.ground_fits import fitted
from passerby.ports import ConfigurationConflictError, Configurations, DrawingConflictError

MAX_VERSIONS: Final = 30
"""Versions of a drawing that are looked for."""

MAX_READ: Final = 60
"""Versions of the site file that are read for them: a long file takes a second."""

_TRIES: Final = 3
"""Changes of other cameras that may come in between."""


class SiteDrawings:
    """The drawings of the site file that runs.

    Args:
        configurations: the site file and its history; its texts hold no secret, and secrets are put back by it.
    """

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations
        self._read: OrderedDict[int, dict[str, CameraDrawing]] = OrderedDict()

    async def drawing(self, camera: str) -> CameraDrawing:
        """See `Drawings`."""
        return (await self._drawings(await self._configurations.newest()))[camera]

    async def check(self, camera: str, keys: Mapping[str, object]) -> DrawingCheck:
        """See `Drawings`."""
        text = (await self._configurations.newest()).text
        return await asyncio.to_thread(checked, text, camera, keys)

    async def change(self, camera: str, keys: Mapping[str, object], author: str, base: str | None) -> CameraDrawing:
        """See `Drawings`."""
        check = await self.check(camera, keys)
        if check.faults:
            raise DraftError(check.faults)
        for last in range(_TRIES):
            newest = await self._configurations.newest()
            current = (await self._drawings(newest))[camera]
            if base is not None and base != current.tag:
                raise DrawingConflictError(current)
            text = await asyncio.to_thread(with_drawing, newest.text, camera, keys)
            if text == newest.text:
                return current
            try:
                applied = await self._configurations.apply(text, author, newest.number)
            except ConfigurationConflictError:
                moved = (await self._configurations.newest()).number != newest.number
                if not moved or last == _TRIES - 1:
                    raise
                continue  # another camera's change has come in between
            return (await self._drawings(applied))[camera]
        raise AssertionError("the loop ends by itself")

    async def versions(self, camera: str) -> tuple[DrawingVersion, ...]:
        """See `Drawings`."""
        await self.drawing(camera)
        found: list[DrawingVersion] = []
        for version in reversed((await self._configurations.versions())[-MAX_READ:]):
            drawing = (await self._drawings(version)).get(camera)
            if drawing is None:
                break
            made = DrawingVersion(version.number, version.time_ns, version.author, drawing)
            if found and found[-1].drawing.tag == drawing.tag:
                found[-1] = made  # it goes back to an earlier version of the file
            elif len(found) == MAX_VERSIONS:
                break
            else:
                found.append(made)
        return tuple(found)

    async def fit(self, keys: Mapping[str, object]) -> GroundFit:
        """See `Drawings`."""
        return await asyncio.to_thread(fitted, keys)

    async def _drawings(self, version: ConfigurationVersion) -> dict[str, CameraDrawing]:
        """The drawings of a version, read once; none of one that this passerby cannot read any more."""
        if version.number not in self._read:
            try:
                self._read[version.number] = await asyncio.to_thread(drawings_in, version.text)
            except DocumentError:
                self._read[version.number] = {}
            if len(self._read) > MAX_READ:
                self._read.popitem(last=False)
        return self._read[version.number]
