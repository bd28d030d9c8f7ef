"""The texts of nodes' parts, made of what the register says that runs, with the passwords of the nodes' cameras."""

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path

from passerby.config.texts.site_part import SiteParts
from passerby.config.texts.site_storage import published_copy
from passerby.service.plans import ReadSite, published_plan


class PartTexts:
    """Makes the parts of all nodes of one reading of the copy that runs: it takes a second at a hundred cameras."""

    def __init__(self, site: Path, data: Path, environment: Mapping[str, str], read: ReadSite | None = None) -> None:
        """Takes where it is read.

        Args:
            site: the site file.
            data: the hub's data folder.
            environment: variables that secrets are taken from.
            read: what was read just now; the first part is made of it where it is what was published.
        """
        self._site, self._data, self._environment, self._just_read = site, data, environment, read
        self._parts: SiteParts | None = None

    def read_anew(self) -> None:
        """Has the copy and the passwords read again for the next part, as one of them has changed."""
        self._parts = None

    async def of(self, node: str, cameras: Collection[str] | None = None) -> str:
        """Returns a node's part, or that of a worker which watches some cameras there.

        Raises:
            SiteFileError: nothing is published yet, or a secret is missing.
        """
        if self._parts is None:
            self._parts = await asyncio.to_thread(self._read)
        return self._parts.text_of(node, cameras)

    def _read(self) -> SiteParts:
        read, self._just_read = self._just_read, None
        text, _ = published_copy(self._data)
        return SiteParts(text, published_plan(self._site, self._data, self._environment, connects=True, read=read))
