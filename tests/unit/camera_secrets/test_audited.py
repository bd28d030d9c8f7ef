"""A password is changed with its audit entry or not at all, whenever the process is killed."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from passerby.camera_secrets import keeper as keeper_module
from passerby.camera_secrets.audited import AuditedPasswords
from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.camera_secrets.staged import StagedChange
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.service_folder import STAGED_PASSWORDS_FILE
from passerby.ports import AuditBrokenError, Store, StoreError
from passerby.store.opening import open_store

SQUARE = CameraSource(SourceKind.RTSP, "10.1.2.3", 554, "/sub", user="counter")
OLD, NEW = "0ld-K4nari", "n3w-K4nari"

Part = Callable[[Store, AuditedPasswords], Awaitable[Any]]


def play(folder: Path, part: Part) -> Any:
    async def whole() -> Any:
        store = await open_store(f"sqlite:///{folder / 'results.sqlite'}")
        store.audit_log.use_key(b"a" * 32)
        try:
            return await part(store, AuditedPasswords(store, CameraPasswords(folder, {})))
        finally:
            await store.close()

    return asyncio.run(whole())


async def actions(store: Store) -> list[str]:
    page = await store.audit(EventQuery(0, 2**62))
    return [row.action for row in page.rows if "password" in row.action]


def password_in(folder: Path) -> str:
    return CameraPasswords(folder, {}).read().password("square", SQUARE)


async def with_old(_store: Store, audited: AuditedPasswords) -> None:
    await audited.set("square", SQUARE, OLD, "ann")


async def setting(_store: Store, audited: AuditedPasswords) -> None:
    await audited.set("square", SQUARE, NEW, "bob")


async def clearing(_store: Store, audited: AuditedPasswords) -> None:
    await audited.clear("square", "bob")


async def rotating(_store: Store, audited: AuditedPasswords) -> None:
    await audited.rotate("bob")


def killed(folder: Path, change: Part, at: str) -> None:
    """Runs a change in a process of its own that is killed (SIGKILL) before or after one of its steps."""
    child = os.fork()
    if child == 0:
        try:
            when, _, step = at.partition(" ")
            before = when == "before"
            if step == "append":
                play(folder, lambda store, audited: change(_killed_at_append(store, before=before), audited))
            else:
                owner = StagedChange if step == "write" else CameraPasswords if step == "give_up" else keeper_module
                setattr(owner, step, _killing(getattr(owner, step), before=before))
                play(folder, change)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _killing(step: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def killed(*given: Any) -> Any:
        if not before:
            step(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    return killed


def _killed_at_append(store: Store, *, before: bool) -> Store:
    append = store.append_audit

    async def killed(entry: AuditEntry) -> None:
        if not before:
            await append(entry)
        os.kill(os.getpid(), signal.SIGKILL)

    store.append_audit = killed  # type: ignore[method-assign]
    return store


STEPS = [
    ("before write", False), ("after write", False), ("before append", False), ("after append", True),
    ("before write_passwords", True), ("after write_passwords", True), ("before give_up", True),
    ("after give_up", True),
]  # fmt: skip
KILLS = [
    pytest.param(
        change, at, done, marks=[] if change is setting and at in ("after write", "after append") else pytest.mark.slow
    )
    for change in (setting, clearing, rotating)
    for at, done in STEPS
]


@pytest.mark.parametrize(("change", "at", "done"), KILLS)
def test_a_kill_leaves_no_change_without_its_entry_and_no_entry_without_its_change(
    change: Part, at: str, done: bool, tmp_path: Path
) -> None:
    play(tmp_path, with_old)
    key = (tmp_path / "secrets.key").read_bytes()
    killed(tmp_path, change, at)

    async def settled(store: Store, audited: AuditedPasswords) -> list[str]:
        await audited.settle()
        return await actions(store)

    found = play(tmp_path, settled)
    assert len(found) == (2 if done else 1)
    assert not (tmp_path / STAGED_PASSWORDS_FILE).exists()
    wanted: dict[Part, str] = {setting: NEW, clearing: "", rotating: OLD}
    assert password_in(tmp_path) == (wanted[change] if done else OLD)
    if change is rotating:
        assert (key.strip() in (tmp_path / "secrets.key").read_bytes()) is not done
    # The next change goes on as if nothing had happened.
    play(tmp_path, with_old)
    assert password_in(tmp_path) == OLD


def test_what_is_not_audited_is_not_done_and_leaves_nothing(tmp_path: Path) -> None:
    async def part(store: Store, audited: AuditedPasswords) -> None:
        await audited.set("square", SQUARE, OLD, "ann")
        await store.audit_log.mark("an entry was changed")
        before = {path.name: path.read_bytes() for path in tmp_path.glob("*camera*")}
        for change in (setting, clearing, rotating):
            with pytest.raises(AuditBrokenError):
                await change(store, audited)
            assert {path.name: path.read_bytes() for path in tmp_path.glob("*camera*")} == before

    play(tmp_path, part)
    assert password_in(tmp_path) == OLD


def test_an_answer_that_is_lost_decides_nothing(tmp_path: Path) -> None:
    """The database took the entry, and the connection broke before it said so."""

    async def part(store: Store, audited: AuditedPasswords) -> None:
        append = store.append_audit

        async def lost(entry: AuditEntry) -> None:
            await append(entry)
            raise StoreError("the connection broke")

        store.append_audit = lost  # type: ignore[method-assign]
        with pytest.raises(StoreError):
            await setting(store, audited)
        assert await actions(store) == ["camera.password-set"]

    play(tmp_path, part)
    assert password_in(tmp_path) == NEW


def test_what_cannot_be_finished_is_finished_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def part(store: Store, audited: AuditedPasswords) -> None:
        def full(*_: object) -> None:
            raise CameraSecretError("no space.")

        with monkeypatch.context() as patch:
            patch.setattr(keeper_module, "write_passwords", full)
            with pytest.raises(CameraSecretError, match="in the audit log, and is made when that is mended"):
                await setting(store, audited)
        await audited.settle()
        assert await actions(store) == ["camera.password-set"]

    play(tmp_path, part)
    assert password_in(tmp_path) == NEW


def test_changes_take_turns_and_one_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "_TURNS", 2)
    monkeypatch.setattr(keeper_module, "_TURN_S", 0.0)

    async def part(store: Store, audited: AuditedPasswords) -> None:
        async with CameraPasswords(tmp_path, {}).changing():
            with pytest.raises(CameraSecretError, match="another change of passwords has not ended"):
                await setting(store, audited)
        await setting(store, audited)

    play(tmp_path, part)
    assert password_in(tmp_path) == NEW


@pytest.mark.parametrize(
    "content", ["", "{}", '{"format": 1, "cameras": {}}', '{"format": 1, "cameras": {}, "act": {}}']
)
def test_a_damaged_change_is_said_and_stops_no_camera(content: str, tmp_path: Path) -> None:
    play(tmp_path, with_old)
    (tmp_path / STAGED_PASSWORDS_FILE).write_text(content)
    with pytest.raises(CameraSecretError, match=r"no (change of|encrypted) passwords"):
        play(tmp_path, setting)
    assert password_in(tmp_path) == OLD
