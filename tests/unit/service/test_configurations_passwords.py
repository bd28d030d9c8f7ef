"""Passwords that are kept encrypted: set and cleared over HTTP, given to those who connect, dropped with their host."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from passerby.camera_secrets.errors import CameraSecretError
from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.queries import EventQuery
from passerby.domain.service import SitePlan
from passerby.domain.sources import PasswordPlace
from passerby.engine.live_state import stopped_reports
from passerby.engine.service_folder import CAMERA_PASSWORDS_FILE, SECRETS_KEY_FILE
from passerby.ports import AuditBrokenError, PasswordNotTakenError, Store
from passerby.service.configurations import FileConfigurations
from passerby.service.plans import published_plan
from passerby.store.opening import open_store
from testing.trial_service.site_register import registered

CANARY = "K4nar1enV0gel"
TEXT = registered(
    """\
cameras:
  square:
    source: {rtsp: "rtsp://10.1.2.3/sub", user: counter}
  gate:
    source: {http: "http://10.1.2.4/video", user: counter, password: plain}
  open:
    source: {rtsp: "rtsp://10.1.2.5/sub"}
"""
)


class Site:
    """A site file, its store, and what was to run."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.path, self.data, self.store = folder / "site.yaml", folder / "kept", store
        self.ran: list[SitePlan] = []
        self.data.mkdir()
        self.path.write_text(TEXT)

    async def open(self) -> FileConfigurations:
        async def run(plan: SitePlan) -> None:
            self.ran.append(plan)

        async def published(_plan: SitePlan, _version: ConfigurationVersion) -> None:
            """The register is another test's."""

        return await FileConfigurations.open(
            self.path, self.store, self.data, publish=published, on_applied=run, environment={}
        )

    def password(self, camera: str = "square") -> str:
        """The password that a camera's process gets."""
        plan = published_plan(self.path, self.data, {}, connects=True).camera(camera)
        assert plan is not None
        return plan.source.password

    async def audited(self) -> list[tuple[str, str, str]]:
        page = await self.store.audit(EventQuery(0, 2**62))
        return [(row.actor, row.action, row.subject) for row in page.rows if "password" in row.action]


def play(folder: Path, part: Callable[[Site], Awaitable[None]]) -> None:
    async def whole() -> None:
        store = await open_store(f"sqlite:///{folder / 'results.sqlite'}")
        store.audit_log.use_key(b"a" * 32)
        try:
            await part(Site(folder, store))
        finally:
            await store.close()

    asyncio.run(whole())
    for path in folder.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path


@pytest.mark.asvs("13.3.2")
def test_it_is_set_given_to_who_connects_and_cleared(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        assert configurations.password_state("square").place is PasswordPlace.NONE
        await configurations.set_password("square", CANARY, "ann")
        state = configurations.password_state("square")
        assert (state.place, state.fault) == (PasswordPlace.ENCRYPTED, "")
        assert state.set_ns
        assert site.password() == CANARY
        # Neither the hub nor the supervisor connects to a camera.
        assert published_plan(site.path, site.data, {}).camera("square").source.password == ""  # type: ignore[union-attr]
        assert [plan.camera("square").source.password for plan in site.ran] == [""]  # type: ignore[union-attr]
        assert len(site.ran[0].running) == 3
        await configurations.clear_password("square", "bob")
        await configurations.clear_password("square", "bob")
        assert (site.password(), configurations.password_state("square").place) == ("", PasswordPlace.NONE)
        assert len(site.ran) == 2
        assert sorted(await site.audited()) == [
            ("ann", "camera.password-set", "square"), ("bob", "camera.password-cleared", "square"),
        ]  # fmt: skip
        with pytest.raises(KeyError):
            await configurations.set_password("none", CANARY, "ann")

    play(tmp_path, part)


@pytest.mark.parametrize(("camera", "why"), [("gate", "has a password for it"), ("open", "needs a user beside it")])
def test_a_camera_of_the_operator_s_own_takes_none(camera: str, why: str, tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        with pytest.raises(PasswordNotTakenError, match=why):
            await configurations.set_password(camera, CANARY, "ann")
        assert await site.audited() == []
        assert site.password("gate") == "plain"
        place = PasswordPlace.OUTSIDE if camera == "gate" else PasswordPlace.NONE
        assert configurations.password_state(camera).place is place

    play(tmp_path, part)


@pytest.mark.parametrize(
    ("how", "old", "new"),
    [("http", "10.1.2.3/sub", "10.1.9.9/sub"), ("hand", "10.1.2.3/sub", "10.1.2.3:8554/sub"),
     ("http", "square:", "other:"),
     ("hand", 'sub", user: counter', 'sub", user: root'), ("start", "rtsp://10.1.2.3", "rtsps://10.1.2.3"),
     ("http", 'sub", user: counter', 'sub", user: counter, password: mine')],
)  # fmt: skip
def test_another_host_drops_it_for_good(how: str, old: str, new: str, tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        await configurations.set_password("square", CANARY, "ann")
        changed = TEXT.replace(old, new, 1)
        assert changed != TEXT
        if how == "http":
            await configurations.apply(changed, "eve", None)
        else:
            site.path.write_text(changed)
            configurations = await site.open() if how == "start" else configurations
            await configurations.reload()
        assert site.password("other" if "other" in new else "square") in ("", "mine")
        assert ("passerby", "camera.password-dropped", "square") in await site.audited()
        await configurations.apply(TEXT, "eve", None)
        assert site.password() == ""

    play(tmp_path, part)


def test_other_edits_keep_it(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        await configurations.set_password("square", CANARY, "ann")
        await configurations.apply(TEXT.replace("10.1.2.3/sub", "10.1.2.3/main"), "eve", None)
        await configurations.apply(TEXT.replace("10.1.2.4", "10.1.2.9").replace("plain", "new"), "eve", None)
        assert site.password() == CANARY
        assert await site.audited() == [("ann", "camera.password-set", "square")]

    play(tmp_path, part)


def test_without_its_key_only_that_camera_stands_still(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        await (await site.open()).set_password("square", CANARY, "ann")
        (site.data / SECRETS_KEY_FILE).unlink()
        configurations = await site.open()
        plan = configurations.plan
        assert [camera.name for camera in plan.running] == ["gate", "open"]
        (report,) = stopped_reports(plan, 1)
        assert (report.camera, report.state.value) == ("square", "offline")
        assert "key of the cameras' passwords is not there" in report.why
        assert configurations.password_state("square").fault == report.why
        assert [each.name for each in published_plan(site.path, site.data, {}, connects=True).running] == [
            "gate",
            "open",
        ]
        await configurations.set_password("square", "anew", "ann")
        assert site.password() == "anew"
        assert len(configurations.plan.running) == 3

    play(tmp_path, part)


def test_what_cannot_be_kept_changes_nothing(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        (site.data / SECRETS_KEY_FILE).write_text("no key")
        (site.data / SECRETS_KEY_FILE).chmod(0o600)
        with pytest.raises(CameraSecretError, match="a key of 32 bytes"):
            await configurations.set_password("square", CANARY, "ann")
        assert not (site.data / CAMERA_PASSWORDS_FILE).exists()
        assert await site.audited() == []
        (site.data / SECRETS_KEY_FILE).unlink()

        async def broken(_: object) -> None:
            raise AuditBrokenError("the audit log is broken")

        site.store.append_audit = broken  # type: ignore[assignment,method-assign]
        with pytest.raises(AuditBrokenError):
            await configurations.set_password("square", CANARY, "ann")
        assert site.password() == ""
        assert site.ran == []

    play(tmp_path, part)


def test_what_was_interrupted_is_applied_by_the_running_hub(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        configurations = await site.open()
        append = site.store.append_audit

        async def cancelled(entry: AuditEntry) -> None:
            await append(entry)
            raise asyncio.CancelledError

        site.store.append_audit = cancelled  # type: ignore[method-assign]
        with pytest.raises(asyncio.CancelledError):
            await configurations.set_password("square", CANARY, "ann")
        site.store.append_audit = append  # type: ignore[method-assign]
        assert (site.password(), configurations.waits) == ("", True)
        await configurations.catch_up()
        assert (site.password(), configurations.waits, len(site.ran)) == (CANARY, False, 1)
        await configurations.catch_up()
        assert len(site.ran) == 1

    play(tmp_path, part)


def test_a_damaged_file_holds_up_no_other_camera(tmp_path: Path) -> None:
    async def part(site: Site) -> None:
        await (await site.open()).set_password("square", CANARY, "ann")
        (site.data / CAMERA_PASSWORDS_FILE).write_text("{")
        configurations = await site.open()
        assert [camera.name for camera in configurations.plan.running] == ["gate", "open"]
        assert "no encrypted passwords that this passerby wrote" in configurations.password_state("square").fault
        assert any("stays" in warning for warning in configurations.warnings)

    play(tmp_path, part)
