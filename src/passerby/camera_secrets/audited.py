"""Changes of the cameras' encrypted passwords that happen with their entry in the audit log, or not at all.

Passwords lie in a file and the audit log in a database, so no transaction holds both. A change is written down beside
the passwords first; its entry in the log then decides: with it the change is done, without it it is given up, after
whatever interruption, by the next who comes (`settle`).
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords, Rotation
from passerby.camera_secrets.staged import ROTATED
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.domain.sources import CameraSource
from passerby.ports import Store, StoreError

Staged = TypeVar("Staged")


class AuditedPasswords:
    """Changes the encrypted passwords of a data folder; each method is one change with one entry.

    All raise `CameraSecretError` where passwords or keys cannot be used or written, and `StoreError` where the audit
    log takes no entry; nothing is changed then. One error is of a change that stays: it says so, and it is done later.
    """

    def __init__(self, store: Store, passwords: CameraPasswords, clock: Callable[[], int] = time.time_ns) -> None:
        """Args: store: whose audit log gets the entries; passwords: of the data folder; clock: UTC nanoseconds now."""
        self._store, self._passwords, self._clock = store, passwords, clock

    async def set(self, camera: str, source: CameraSource, password: str, actor: str, detail: str = "") -> None:
        """Keeps a camera's password, over an older one; the entry has the detail, which is no secret."""
        stage = partial(self._passwords.stage_set, camera, source, password)
        await self._change(AuditEntry(self._clock(), actor, "camera.password-set", camera, detail), stage)

    async def clear(self, camera: str, actor: str) -> None:
        """Removes a camera's password."""
        act = self._act(actor, "camera.password-cleared", camera)
        await self._change(act, partial(self._passwords.stage_clear, camera))

    async def drop(self, camera: str) -> None:
        """Removes a password that fits no camera any more."""
        act = self._act("passerby", "camera.password-dropped", camera)
        await self._change(act, partial(self._passwords.stage_clear, camera))

    async def rotate(self, actor: str) -> Rotation:
        """Encrypts all passwords with a new key."""
        return await self._change(self._act(actor, ROTATED, ""), self._passwords.stage_rotation)

    async def settle(self) -> None:
        """Does what an interruption left, where the audit log has its entry, and otherwise gives it up."""
        if self._passwords.change_waits:
            async with self._passwords.changing():
                await self._settle()

    def _act(self, actor: str, action: str, camera: str) -> AuditEntry:
        return AuditEntry(self._clock(), actor, action, camera)

    async def _change(self, act: AuditEntry, stage: Callable[[AuditEntry], Staged]) -> Staged:
        async with self._passwords.changing():
            await self._settle()
            staged = await asyncio.to_thread(stage, act)
            try:
                await self._store.append_audit(act)
            except StoreError:
                # The entry may be there all the same, where the answer was lost; if it cannot be asked, it stays.
                with suppress(StoreError, CameraSecretError):
                    await self._settle()
                raise
            try:
                self._passwords.finish()
            except CameraSecretError as error:
                raise CameraSecretError(
                    f"{error} The change is in the audit log, and is made when that is mended"
                ) from None
        return staged

    async def _settle(self) -> None:
        left = self._passwords.staged()
        if left is None:
            return
        page = await self._store.audit(EventQuery(left.act.time_ns, left.act.time_ns + 1))
        if left.act in page.rows:
            self._passwords.finish()
        else:
            self._passwords.give_up()
