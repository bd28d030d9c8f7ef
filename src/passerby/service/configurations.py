"""The site file as the truth of a running service: read, applied, taken in after an edit by hand, gone back in."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Self

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.config.document import DocumentError, checked_text, parse
from passerby.config.loader import draft_of
from passerby.config.secrets.redaction import redacted, unredacted
from passerby.config.secrets.references import References
from passerby.config.service import ServiceSite, service_site
from passerby.config.texts.configuration_edits import ConfigurationEdits
from passerby.config.texts.site_storage import applied_file, published_copy, text_of, write_applied, write_site
from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import PasswordState
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError, Store, StoreError
from passerby.service.cameras.password_changes import PasswordChanges
from passerby.service.plans import ReadSite

BY_HAND = "site file"
"""Author of what was changed with an editor."""

Applied = Callable[[SitePlan], Awaitable[None]]
Publish = Callable[[SitePlan, ConfigurationVersion], Awaitable[object]]


class FileConfigurations:
    """The site file, the copy that runs, and the history in the store.

    A change is kept in the history, then published in the register, and only then written and run: no camera ever
    runs what the register does not say.

    What the history holds, and what every method gives out, has the placeholder for every secret: secrets stand in the
    site file and in the copy that runs, and nowhere else.

    Attributes:
        problem: why the site file as it lies on the disk does not run; empty when it does.
        warnings: what of the file is not done, each one sentence.
        edits: changes of single values.
    """

    _text: str
    _runs: ServiceSite
    _newest: ConfigurationVersion

    def __init__(
        self,
        path: Path,
        store: Store,
        data: Path,
        *,
        publish: Publish,
        on_applied: Applied,
        environment: Mapping[str, str],
    ) -> None:
        self.problem, self.edits = "", ConfigurationEdits(self)
        self.warnings: tuple[str, ...] = ()
        self._path, self._store, self._data = path, store, data
        self._publish, self._on_applied = publish, on_applied
        self._edit_waits = self._register_waits = False
        self._environment, self._folder = environment, path.absolute().parent
        self._passwords = CameraPasswords(data, environment)
        self._password_changes = PasswordChanges(store, self._passwords)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        path: Path,
        store: Store,
        data: Path,
        *,
        publish: Publish,
        on_applied: Applied,
        environment: Mapping[str, str] | None = None,
        read: ReadSite | None = None,
    ) -> Self:
        """Opens the site file, and publishes what runs; where it cannot, what ran last does, and `problem` says why.

        Args:
            path: the site file.
            store: keeps the history.
            data: the data folder.
            publish: publishes a plan in the register; raises `StoreError` where it cannot.
            on_applied: called with the new plan after each change; not for what runs at the start.
            environment: variables that secrets are taken from; the process's own by default.
            read: what was read just now; a file that is the same is not read again.

        Raises:
            SiteFileError: it has faults, and none has ever run.
            StoreError: it cannot be kept or published, and nothing was published before.
            OutputError: the data folder cannot be written.
        """
        variables = os.environ if environment is None else environment
        configurations = cls(path, store, data, publish=publish, on_applied=on_applied, environment=variables)
        await configurations._take_in(read)
        return configurations

    @property
    def plan(self) -> SitePlan:
        """What runs now."""
        return self._runs.plan

    @property
    def waits(self) -> bool:
        """Something could not be published, or was interrupted, so that `catch_up` is to be called again."""
        interrupted = self._password_changes.waits and not self._turn.locked()
        return self._edit_waits or self._register_waits or interrupted

    @property
    def stray(self) -> str:
        """In what the copy on the disk differs from what runs; no camera would start from it."""
        path = applied_file(self._data)
        try:
            same = text_of(path) == self._text
        except SiteFileError:
            same = False
        return "" if same else f"{path.name} in the data folder was changed, and is not the configuration that runs"

    async def newest(self) -> ConfigurationVersion:
        """The version that runs now."""
        return self._newest

    async def versions(self) -> tuple[ConfigurationVersion, ...]:
        """All versions that are kept, oldest first."""
        return await self._store.configurations()

    async def version(self, number: int) -> ConfigurationVersion | None:
        """One version; None where there is none."""
        return await self._store.configuration(number)

    def faults(self, text: str) -> tuple[str, ...]:
        """What is wrong with a site file, one sentence each with its line and key; empty when nothing is."""
        try:
            self._understood(self._with_secrets(text), self._runs.references)
        except SiteFileError as error:
            return error.faults
        return ()

    async def planned(self, text: str) -> SitePlan:
        """Returns what would run with a site file; raises ConfigurationRefusedError where it has faults."""
        return (await asyncio.to_thread(self._allowed, self._with_secrets(text))).plan

    async def draft(
        self, camera: str, places: Mapping[str, Mapping[str, object]], rules: Mapping[str, object]
    ) -> tuple[Layout, tuple[EventRule, ...]]:
        """Returns the layout and the rules of a draft; raises DraftError where it has faults."""
        return await asyncio.to_thread(lambda: draft_of(parse(checked_text(self._text)), camera, places, rules))

    async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
        """Writes the site file anew and runs it; only the cameras that differ are started again.

        What the file names outside of itself, as the store, stays: that is decided by who may edit the file itself.

        Args:
            text: the whole file; a placeholder stands for the secret at the same key.
            author: who applies it.
            base: number of the version that it was made from, None to overwrite whatever there is.

        Raises:
            ConfigurationRefusedError: it has faults.
            ConfigurationConflictError: `base` is not the newest, or the file on the disk was edited.
            StoreError: it cannot be kept or published; nothing was changed.
            OutputError: the file cannot be written; nothing was changed.
        """
        async with self._turn:
            whole = self._with_secrets(text)
            understood = self._allowed(whole)
            if base is not None:
                self._check_base(base)
            before = self._newest
            version = await self._published(whole, understood, author)
            try:
                write_site(self._path, whole)
                write_applied(self._data, whole, version.number)
            except OutputError:
                await self._undo(before, version)
                raise
            await self._run(whole, understood, version)
            return version

    async def roll_back(self, number: int, author: str) -> ConfigurationVersion:
        """Applies an earlier version again, as a new one; secrets are today's, for the history holds none."""
        if (version := await self._store.configuration(number)) is None:
            raise KeyError(number)
        return await self.apply(version.text, author, None)

    async def reload(self, author: str = BY_HAND) -> ConfigurationVersion:
        """Applies the site file as it is on the disk; with faults, `problem` holds them and all runs on.

        Raises:
            StoreError: it cannot be kept or published; what ran goes on, and `catch_up` tries it again.
            OutputError: the data folder cannot be written; what ran goes on.
        """
        async with self._turn:
            try:
                text = text_of(self._path)
                understood = self._understood(text)
            except SiteFileError as error:
                self.problem, self._edit_waits = str(error), False
                return self._newest
            before = self._newest
            self._edit_waits = True
            try:
                # A secret from the environment may have changed with the text as it was: the plan is always made anew.
                version = await self._published(text, understood, author)
            except StoreError as error:
                self.problem = _unpublished(self._path, error)
                raise
            try:
                write_applied(self._data, text, version.number)
            except OutputError as error:
                self.problem, self._edit_waits = str(error), False
                await self._undo(before, version, site_file=False)
                raise
            await self._run(text, understood, version)
            return version

    async def catch_up(self) -> None:
        """Tries again what could not be published or was interrupted, if anything.

        Raises:
            StoreError, OutputError, CameraSecretError: it still cannot be.
        """
        if self._edit_waits:
            await self.reload()
        elif self._register_waits:
            async with self._turn:
                await self._publish(self._runs.plan, self._newest)
                self._register_waits = False
        elif self._password_changes.waits:
            async with self._turn:
                await self._password_changes.settle()
                await self._run_anew()

    def password_state(self, camera: str) -> PasswordState:
        """Where a camera's password is kept, and never the password; raises KeyError where there is no such camera."""
        return self._password_changes.state(self._camera(camera))

    async def set_password(self, camera: str, password: str, author: str) -> None:
        """Keeps a camera's password encrypted, and starts the camera with it; errors as of `PasswordChanges.set`."""
        async with self._turn:
            await self._password_changes.set(self._camera(camera), password, author)
            await self._run_anew()

    async def clear_password(self, camera: str, author: str) -> None:
        """Removes a camera's encrypted password, and starts the camera without it, if there was one."""
        async with self._turn:
            if await self._password_changes.clear(self._camera(camera), author):
                await self._run_anew()

    async def _run_anew(self) -> None:
        self._runs = self._understood(self._text)
        await self._on_applied(self._runs.plan)

    def _camera(self, name: str) -> CameraPlan:
        if (plan := self.plan.camera(name)) is None:
            raise KeyError(name)
        return plan

    async def _take_in(self, read: ReadSite | None) -> None:
        """At the start: the file, or else the last good one."""
        with contextlib.suppress(CameraSecretError, StoreError):  # tried again by `catch_up`
            await self._password_changes.settle()
        try:
            text = text_of(self._path)
            self._runs = self._understood(text, read=read)
        except SiteFileError as error:
            text = self._last_good(error)
            self.problem = str(error)
        self._text = text
        try:
            self._newest = await self._store.add_configuration(redacted(text), BY_HAND)
            await self._publish(self._runs.plan, self._newest)
        except StoreError as error:
            await self._run_published(error)
            return
        self.warnings = self._runs.warnings
        write_applied(self._data, text, self._newest.number)
        await self._drop_stray()

    async def _run_published(self, error: StoreError) -> None:
        """Runs what was published last, as the site file cannot be; raises the error where nothing was."""
        try:
            text, number = published_copy(self._data)
            runs = self._understood(text)
        except SiteFileError:
            raise error from None
        if (newest := await self._store.configuration(number)) is None:
            raise error
        self._text, self._runs, self._newest = text, runs, newest
        self.problem, self._edit_waits = _unpublished(self._path, error), True

    def _last_good(self, faults: SiteFileError) -> str:
        """The copy that ran last; raises the site file's own faults where there is none of use."""
        try:
            text = text_of(applied_file(self._data))
            self._runs = self._understood(text)
        except SiteFileError:
            raise faults from None
        return text

    def _understood(self, text: str, tied: References | None = None, read: ReadSite | None = None) -> ServiceSite:
        stored = self._passwords.read(withheld=True)  # this process connects to no camera
        if read is not None and read.text == text:
            return read.service.with_stored(stored)
        return service_site(text, str(self._path), self._folder, self._environment, tied=tied, stored=stored)

    def _allowed(self, text: str) -> ServiceSite:
        """Returns what a text would run that came over HTTP."""
        try:
            return self._understood(text, self._runs.references)
        except SiteFileError as error:
            raise ConfigurationRefusedError(error.faults) from None

    def _with_secrets(self, text: str) -> str:
        try:
            return unredacted(text, self._text)
        except DocumentError:
            return text  # its faults are reported when it is read next

    def _check_base(self, base: int) -> None:
        if base != self._newest.number:
            raise ConfigurationConflictError(
                f"this was made from version {base}, but version {self._newest.number} runs by now. Take in its "
                "changes and apply again"
            )
        try:
            on_disk = text_of(self._path)
        except SiteFileError:
            on_disk = ""
        if on_disk != self._text:
            raise ConfigurationConflictError(
                f"{self._path}: the file was edited by hand, and the edit has not been applied. Run "
                "`passerby apply SITE.yaml` first, or undo that edit"
            )

    async def _kept(self, text: str, author: str) -> ConfigurationVersion:
        """The text in the history; a change of nothing but secrets makes no version, but an entry in the audit log."""
        version = await self._store.add_configuration(redacted(text), author)
        if version.number == self._newest.number and text != self._text:
            await self._store.append_audit(
                AuditEntry(time.time_ns(), author, "configuration.secrets-changed", self._path.name)
            )
        return version

    async def _published(self, text: str, understood: ServiceSite, author: str) -> ConfigurationVersion:
        """The text in the history and in the register.

        Raises:
            StoreError: it cannot be in one of the two. The history may then end with a text that does not run.
        """
        version = await self._kept(text, author)
        await self._publish(understood.plan, version)
        return version

    async def _undo(
        self, before: ConfigurationVersion, refused: ConfigurationVersion, *, site_file: bool = True
    ) -> None:
        """Everything as it was, after one of the files could not be written; an edit by hand stays in the site file."""
        if site_file:
            with contextlib.suppress(OutputError):
                write_site(self._path, self._text)
        if refused.number != before.number:
            self._newest = await self._store.add_configuration(before.text, "passerby, as a file cannot be written")
        with contextlib.suppress(OutputError):
            write_applied(self._data, self._text, self._newest.number)
        try:
            await self._publish(self._runs.plan, self._newest)
        except StoreError:
            self._register_waits = True  # until then the register is seen to differ, and shown so

    async def _run(self, text: str, understood: ServiceSite, version: ConfigurationVersion) -> None:
        self._text, self._runs, self._newest = text, understood, version
        self.problem, self.warnings = "", understood.warnings
        self._edit_waits = self._register_waits = False
        await self._drop_stray()
        await self._on_applied(understood.plan)

    async def _drop_stray(self) -> None:
        stays = await self._password_changes.drop_stray(self.plan)
        self.warnings = (*self.warnings, stays) if stays else self.warnings


def _unpublished(path: Path, error: StoreError) -> str:
    return (
        f"{path}: the change cannot be published in the register, so it does not run; what was published last runs on, "
        f"and it is tried again. Got: {error}"
    )
