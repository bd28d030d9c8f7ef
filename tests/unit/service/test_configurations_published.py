"""What the register does not say does not run: a change waits that cannot be published, and what was runs on."""

import os
from pathlib import Path

import pytest

from passerby.config.texts.site_storage import PUBLISHED, applied_file
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.register import RegisterVersion
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError, StoreUnavailableError
from passerby.register.published.publication import Publication
from passerby.service.configurations import FileConfigurations
from passerby.service.plans import published_plan
from testing.web.fakes import publication
from tests.unit.service.test_configurations import TEXT, Service, play

FASTER = TEXT.replace("analysed_fps:   5", "analysed_fps: 7")


class Away:
    """A store whose register cannot be written, as the database went away between two statements."""

    def __init__(self, store: Store) -> None:
        self._store, self.away = store, False

    async def add_register(self, version: RegisterVersion) -> None:
        if self.away:
            raise StoreUnavailableError("the database does not answer")
        await self._store.add_register(version)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class Published:
    """A service with a register of its own, and what it did, in order."""

    def __init__(self, service: Service) -> None:
        self.service, self.database, self.done = service, Away(service.store), list[str]()
        self.register: Publication = publication(self.database)

    async def open(self) -> FileConfigurations:
        async def publish(plan: SitePlan, configuration: ConfigurationVersion) -> None:
            await self.register.publish(plan, configuration)
            self.done.append(f"published {plan.cameras[0].analysed_fps:.0f}")

        async def run(plan: SitePlan) -> None:
            assert self.starting_fps == plan.cameras[0].analysed_fps
            self.done.append(f"ran {plan.cameras[0].analysed_fps:.0f}")

        service = self.service
        return await FileConfigurations.open(
            service.path, service.store, service.data, publish=publish, on_applied=run, environment={}
        )

    async def agrees(self, configurations: FileConfigurations) -> bool:
        """The newest register says what runs, and so does what the cameras start from."""
        drift = await self.register.check(configurations.plan, await configurations.newest())
        runs = configurations.plan.cameras[0].analysed_fps
        return not drift and not configurations.stray and self.starting_fps == runs

    @property
    def starting_fps(self) -> float:
        """What the cameras' processes read when they start."""
        return published_plan(self.service.path, self.service.data, {}).cameras[0].analysed_fps


def test_at_a_first_start_nothing_runs_before_it_is_published(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        published = Published(service)
        published.database.away = True
        with pytest.raises(StoreUnavailableError):
            await published.open()
        assert published.register.drift == "nothing is published yet"
        with pytest.raises(SiteFileError):
            published_plan(service.path, service.data, {})
        assert not applied_file(service.data).exists()
        published.database.away = False
        configurations = await published.open()
        assert await published.agrees(configurations)
        assert published.done == ["published 5"]

    play(tmp_path, part)


def test_at_a_start_what_was_published_last_runs_until_the_change_is(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        published = Published(service)
        await published.open()
        published.database.away = True
        service.path.write_text(FASTER)
        configurations = await published.open()
        assert configurations.plan.cameras[0].analysed_fps == 5
        assert configurations.waits
        assert "cannot be published in the register, so it does not run" in configurations.problem
        assert await published.agrees(configurations)
        with pytest.raises(StoreError):
            await configurations.catch_up()
        published.database.away = False
        await configurations.catch_up()
        assert (configurations.waits, configurations.problem) == (False, "")
        assert await published.agrees(configurations)
        assert published.done == ["published 5", "published 7", "ran 7"]

    play(tmp_path, part)


def test_a_change_is_published_before_it_runs_and_waits_where_it_cannot_be(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        published = Published(service)
        configurations = await published.open()
        published.database.away = True
        with pytest.raises(StoreError):
            await configurations.apply(FASTER, "ann", 1)
        assert service.path.read_text() == TEXT
        assert not configurations.waits  # who applied it has the answer
        assert await published.agrees(configurations)
        service.path.write_text(FASTER)
        with pytest.raises(StoreError):
            await configurations.reload()
        assert configurations.plan.cameras[0].analysed_fps == 5
        assert await published.agrees(configurations)
        published.database.away = False
        await configurations.catch_up()
        assert await published.agrees(configurations)
        assert published.done == ["published 5", "published 7", "ran 7"]
        await configurations.catch_up()
        assert len(published.done) == 3

    play(tmp_path, part)


def test_a_waiting_edit_that_is_taken_back_waits_no_more(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        published = Published(service)
        configurations = await published.open()
        published.database.away = True
        service.path.write_text(FASTER)
        with pytest.raises(StoreError):
            await configurations.reload()
        published.database.away = False
        service.path.write_text(TEXT)
        await configurations.catch_up()
        assert not configurations.waits
        assert configurations.plan.cameras[0].analysed_fps == 5
        assert await published.agrees(configurations)

    play(tmp_path, part)


def test_a_file_that_cannot_be_written_leaves_the_register_with_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def part(service: Service) -> None:
        published = Published(service)
        configurations = await published.open()
        real, full = os.fsync, [True]

        def sync(descriptor: int) -> None:
            if full:
                full.pop()
                published.database.away = True  # and the database goes with the disk
                raise OSError(28, "No space left on device")
            real(descriptor)

        monkeypatch.setattr(os, "fsync", sync)
        with pytest.raises(OutputError, match="No space left"):
            await configurations.apply(FASTER, "ann", 1)
        assert configurations.waits
        assert not await published.agrees(configurations)  # and that is what the public pages show
        published.database.away = False
        await configurations.catch_up()
        assert await published.agrees(configurations)
        assert configurations.plan.cameras[0].analysed_fps == 5

    play(tmp_path, part)


def test_a_copy_of_another_passerby_waits_for_the_register(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        await Published(service).open()
        mark = service.data / PUBLISHED
        text = mark.read_text()
        for changed in (text.replace('"passerby": "', '"passerby": "0'), "{}", "[]", "\0", text.replace("1", '"x"')):
            mark.write_text(changed)
            with pytest.raises(SiteFileError, match="this is not what the register says"):
                published_plan(service.path, service.data, {})

    play(tmp_path, part)
