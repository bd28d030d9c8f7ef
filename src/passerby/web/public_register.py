"""The public files of the register as they are served: each is made once, until what it says changes."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.register import RegisterVersion
from passerby.ports import Store, StoreError
from passerby.register.look_counts import last_month, month_before
from passerby.register.pages.frame import LookCounts, Shown
from passerby.register.pages.public_site import PublicFile, public_files
from passerby.register.published.publication import Publication, read_document
from passerby.units import MINUTE_S, NS_PER_S

MAX_KEPT_FILES: Final = 500
"""A sign has some 60 KB, so that these are 30 MB; the pages of most sites are fewer."""

_AGAIN_AFTER_NS: Final = MINUTE_S * NS_PER_S
"""How soon the looks of last month are counted again where the audit log could not be read."""


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file as it is sent."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class _State:
    """What the files say: when any of it changes they are made anew."""

    number: int
    sha256: str
    drift: str
    month: str
    form: bool
    origin: str


class PublicPages:
    """The public pages, documents and signs.

    Anyone may ask for them, so that what a stranger can make the service do is bounded: the versions and the audit log
    are read once for each state of the register, and each file is made once.

    Args:
        store: holds the audit log.
        register: the published register.
    """

    def __init__(self, store: Store, register: Publication) -> None:
        self._store, self._register = store, register
        self._state: _State | None = None
        self._files: dict[str, PublicFile] = {}
        self._made: OrderedDict[str, ServedFile] = OrderedDict()
        self._looks, self._counted_ns = LookCounts(), 0
        self._turn = asyncio.Lock()

    async def file(
        self, path: str, newest: RegisterVersion, now_ns: int, zone: ZoneInfo, *, form: bool, origin: str
    ) -> ServedFile | None:
        """Returns a file; None where there is none of that path.

        Args:
            path: below `/register/`.
            newest: the newest version of the register.
            now_ns: UTC nanoseconds now.
            zone: the site's time zone, which months begin by.
            form: objections and questions can be sent.
            origin: scheme, host and port at which the service is reached.

        Raises:
            StoreError: the versions of the register cannot be read.
        """
        async with self._turn:
            await self._make_up(newest, now_ns, zone, form=form, origin=origin)
            made = self._made.get(path)
            if made is not None:
                self._made.move_to_end(path)
            if made is None and path in self._files:
                file = self._files[path]
                made = ServedFile(await asyncio.to_thread(file.write), file.media_type)
                self._made[path] = made
                if len(self._made) > MAX_KEPT_FILES:
                    self._made.popitem(last=False)
            return made

    async def _make_up(self, newest: RegisterVersion, now_ns: int, zone: ZoneInfo, *, form: bool, origin: str) -> None:
        """Begins anew where the files say something that is not so any more."""
        await self._count_looks(now_ns, zone)
        state = _State(newest.number, newest.sha256, self._register.drift, self._looks.month, form, origin)
        if state == self._state:
            return
        shown = Shown(read_document(newest), state.drift, self._looks, form=form, origin=origin)
        self._files = public_files(shown, await self._register.versions())
        self._made.clear()
        self._state = state

    async def _count_looks(self, now_ns: int, zone: ZoneInfo) -> None:
        month = month_before(now_ns, zone)[0]
        if self._looks.month == month or (not self._looks.month and 0 <= now_ns - self._counted_ns < _AGAIN_AFTER_NS):
            return
        self._counted_ns = now_ns
        try:
            self._looks = await last_month(self._store, now_ns, zone)
        except StoreError:
            # The pages stand without it, and say so: what a camera does is not less true for it.
            self._looks = LookCounts()
