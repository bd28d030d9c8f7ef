"""The site file is the truth: written whole, with a history without secrets, and never what takes a system down."""

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from passerby.config.service_keys import PLACEHOLDER
from passerby.config.texts.site_storage import applied_file
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.draft_trial import DraftError
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.queries import EventQuery
from passerby.domain.service import SitePlan
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError, Store
from passerby.service.configurations import FileConfigurations
from passerby.service.plans import ReadSite, published_plan, read_site
from passerby.store.opening import open_store

CANARY = "canary-5ecret"
TEXT = f"""\
# The market, seen from the town hall.
cameras:
  square:   # since May
    source: {{rtsp: rtsp://10.1.2.3/sub, user: counter, password: {CANARY}}}
    analysed_fps:   5
store:
  url: "sqlite:///{CANARY}.sqlite"
"""


class Service:
    """A site file, its store, and what was told to run."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.path, self.data, self.store = folder / "site.yaml", folder / "kept", store
        self.ran: list[SitePlan] = []
        self.published: list[int] = []
        self.data.mkdir()
        self.path.write_text(TEXT)

    async def open(self, environment: dict[str, str] | None = None, read: ReadSite | None = None) -> FileConfigurations:
        async def run(plan: SitePlan) -> None:
            self.ran.append(plan)

        async def publish(_: SitePlan, configuration: ConfigurationVersion) -> None:
            self.published.append(configuration.number)

        return await FileConfigurations.open(
            self.path, self.store, self.data, publish=publish, on_applied=run, environment=environment or {}, read=read
        )


def play(folder: Path, part: Callable[[Service], Awaitable[None]]) -> None:
    """Plays one part with a service of its own."""

    async def whole() -> None:
        store = await open_store(f"sqlite:///{folder / 'results.sqlite'}")
        try:
            await part(Service(folder, store))
        finally:
            await store.close()

    asyncio.run(whole())


def test_the_file_runs_and_history_holds_no_secret(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        assert configurations.plan.cameras[0].source.password == CANARY
        assert configurations.plan.cameras[0].source.shown == "rtsp://10.1.2.3/sub"
        assert configurations.plan.store_url == f"sqlite:///{tmp_path / CANARY}.sqlite"
        assert (configurations.problem, configurations.warnings, service.ran) == ("", (), [])
        newest = await configurations.newest()
        assert (newest.number, newest.author) == (1, "site file")
        assert newest.text == TEXT.replace(CANARY + "}", f'"{PLACEHOLDER}"}}').replace(
            f'"sqlite:///{CANARY}.sqlite"', f'"{PLACEHOLDER}"'
        )
        assert await configurations.version(1) == newest
        assert await configurations.versions() == (newest,)

    play(tmp_path, part)
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("results.sqlite*"))
    kept = applied_file(tmp_path / "kept")
    assert kept.read_text() == TEXT
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_an_edit_is_written_letter_for_letter_with_its_secrets(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        service.path.chmod(0o640)
        configurations = await service.open()
        text = (await configurations.newest()).text.replace("analysed_fps:   5", "analysed_fps: 8 # more")
        assert configurations.faults(text) == ()
        version = await configurations.apply(text, "ann", 1)
        assert (version.number, version.author) == (2, "ann")
        assert CANARY not in version.text
        assert service.path.read_text() == TEXT.replace("analysed_fps:   5", "analysed_fps: 8 # more").replace(
            f"password: {CANARY}", f'password: "{CANARY}"'
        )
        assert stat.S_IMODE(service.path.stat().st_mode) == 0o640
        assert [plan.cameras[0].analysed_fps for plan in service.ran] == [8]
        assert service.ran[0].cameras[0].source.password == CANARY
        assert published_plan(service.path, service.data, {}).cameras[0].analysed_fps == 8
        back = await configurations.roll_back(1, "bob")
        assert (back.number, back.author) == (3, "bob")
        assert configurations.plan.cameras[0].analysed_fps == 5
        assert service.path.read_text().startswith("# The market, seen from the town hall.\n")
        with pytest.raises(KeyError):
            await configurations.roll_back(99, "bob")

    play(tmp_path, part)
    assert list(tmp_path.glob(".passerby-*")) == []


@pytest.mark.slow
def test_text_that_came_from_nowhere_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        for text in ("cameras: {", "", "\ud800", "cameras: {a: {}}", TEXT.replace("rtsp: ", "http: "), "x" * 600_000):
            assert configurations.faults(text)
            with pytest.raises(ConfigurationRefusedError) as caught:
                await configurations.apply(text, "ann", 1)
            assert caught.value.faults == configurations.faults(text)
            assert CANARY not in str(caught.value)
        assert service.path.read_text() == TEXT
        assert service.ran == []
        assert (await configurations.newest()).number == 1

    play(tmp_path, part)


def test_somebody_else_was_first(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        await configurations.apply(TEXT.replace("5\n", "6\n"), "ann", 1)
        with pytest.raises(ConfigurationConflictError, match="made from version 1, but version 2 runs"):
            await configurations.apply(TEXT.replace("5\n", "7\n"), "bob", 1)
        service.path.write_text(TEXT.replace("5\n", "9\n"))
        with pytest.raises(ConfigurationConflictError, match="the file was edited by hand"):
            await configurations.apply(TEXT.replace("5\n", "7\n"), "bob", 2)
        assert configurations.plan.cameras[0].analysed_fps == 6
        await configurations.reload("ann")
        assert configurations.plan.cameras[0].analysed_fps == 9
        await configurations.apply(TEXT.replace("5\n", "7\n"), "bob", None)
        assert [plan.cameras[0].analysed_fps for plan in service.ran] == [6, 9, 7]

    play(tmp_path, part)


def test_a_bad_file_takes_nothing_down(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        service.path.write_text(TEXT.replace("cameras:", "cameras :\n  x: 5\ncam:"))
        newest = await configurations.reload("ann")
        assert newest.number == 1
        assert "site.yaml:" in configurations.problem
        assert CANARY not in configurations.problem
        assert service.ran == []
        again = await service.open()
        assert again.problem == configurations.problem
        assert again.plan.cameras[0].analysed_fps == 5
        assert (await again.newest()).number == 1
        service.path.write_text(TEXT)
        await again.reload("ann")
        assert again.problem == ""

    play(tmp_path, part)


def test_a_bad_file_at_the_very_first_start_is_reported(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        service.path.write_text("cameras: 5")
        with pytest.raises(SiteFileError, match=r"site\.yaml:1 cameras: keys and values are needed here, got 5"):
            await service.open()
        service.path.unlink()
        with pytest.raises(SiteFileError, match="cannot be read"):
            await service.open()

    play(tmp_path, part)


def test_a_password_is_not_sent_to_another_machine(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        shown = (await configurations.newest()).text
        for moved in (
            shown.replace("10.1.2.3", "10.1.2.4"),
            shown.replace("counter", "other"),
            shown.replace("square", "s"),
        ):
            with pytest.raises(ConfigurationRefusedError, match="only stands for a password"):
                await configurations.apply(moved, "ann", 1)
        await configurations.apply(shown.replace("/sub", "/main"), "ann", 1)
        assert configurations.plan.cameras[0].source.password == CANARY

    play(tmp_path, part)


def test_a_new_password_runs_and_is_reported_in_the_audit_log_alone(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        version = await configurations.apply(TEXT.replace(f"password: {CANARY}", "password: other"), "ann", 1)
        assert version.number == 1
        assert service.ran[0].cameras[0].source.password == "other"
        entries = (await service.store.audit(EventQuery(start_ns=0, end_ns=2**62))).rows
        assert [(entry.actor, entry.action) for entry in entries][-1] == ("ann", "configuration.secrets-changed")

    play(tmp_path, part)


def test_a_secret_of_the_environment_is_taken_anew(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        environment = {"SQUARE": "one"}
        service.path.write_text(TEXT.replace(f"password: {CANARY}", "password_from: SQUARE"))
        configurations = await service.open(environment)
        environment["SQUARE"] = "two"
        await configurations.reload("ann")
        assert service.ran[0].cameras[0].source.password == "two"
        del environment["SQUARE"]
        await configurations.reload("ann")
        assert "the environment variable SQUARE is not set" in configurations.problem
        assert configurations.plan.cameras[0].source.password == "two"

    play(tmp_path, part)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        inner = tmp_path / "etc"
        inner.mkdir()
        service.path = inner / "site.yaml"
        service.path.write_text(TEXT)
        configurations = await service.open()
        inner.chmod(0o500)
        with pytest.raises(OutputError, match="could not be written"):
            await configurations.apply(TEXT.replace("5\n", "6\n"), "ann", 1)
        inner.chmod(0o700)
        assert service.ran == []
        assert configurations.plan.cameras[0].analysed_fps == 5

    play(tmp_path, part)


def test_half_written_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        calls = 0

        def full(descriptor: int) -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            await configurations.apply(TEXT.replace("5\n", "6\n"), "ann", 1)
        assert service.path.read_text() == TEXT
        assert applied_file(service.data).read_text() == TEXT
        assert service.ran == []
        newest = await configurations.newest()
        assert newest.text == (await service.store.configuration(1)).text  # type: ignore[union-attr]
        assert newest == await service.store.configuration()

    play(tmp_path, part)
    assert list(tmp_path.rglob(".passerby-*")) == []


def test_a_draft_is_held_against_what_runs_and_changes_nothing(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        before = await configurations.newest()
        line = {"points": [[0.5, 0.2], [0.5, 0.8]]}
        layout, rules = await configurations.draft("square", {"lines": {"gate": line}}, {})
        assert ([one.name for one in layout.lines], rules) == (["gate"], ())
        with pytest.raises(DraftError, match=r"rules\.full\.zone"):
            rule = {"kind": "overcrowding", "zone": "nowhere", "above_people": 3}
            await configurations.draft("square", {}, {"full": rule})
        assert await configurations.newest() == before
        assert service.ran == []

    play(tmp_path, part)


def test_a_file_that_was_edited_since_it_was_read_is_read_again(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        read = read_site(service.path, {})
        same = await service.open(read=read)
        assert same.plan.cameras[0].layout is read.service.plan.cameras[0].layout
        service.path.write_text(TEXT.replace("10.1.2.3", "10.1.2.4"))
        assert (await service.open(read=read)).plan.cameras[0].source.host == "10.1.2.4"

    play(tmp_path, part)
