"""`passerby fleet`, as an administrator sees it: on a real store, with a hub that listens in the test's own process."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from passerby.admin.machines.fleet import NO_FLEET
from passerby.cli import app
from passerby.config.service import load_service
from passerby.domain.errors import PasserbyError
from passerby.domain.queries import EventQuery
from passerby.engine.hub.link import Peer
from passerby.engine.service_folder import ServiceFolder
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.hub_connection import HubConnection, HubRefusedError
from passerby.fleet.listener import FleetListener
from passerby.store import open_store
from testing.ports import free_port
from testing.waiting import until, until_true


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "kept"
    folder.mkdir()

    async def make() -> None:
        await (await open_store(ServiceFolder(folder).store_url(None))).close()

    asyncio.run(make())
    path = tmp_path / "site.yaml"
    place = f"127.0.0.1:{free_port()}"
    path.write_text(f"site: {{name: Market square}}\ndata: kept\nfleet: {{address: '{place}', listen: '{place}'}}\n")
    return path


def run(*arguments: object, code: int = 0) -> str:
    outcome = CliRunner().invoke(app, [str(each) for each in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    assert outcome.exit_code == code, outcome.output
    return outcome.output


def reported(*arguments: object, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


@contextmanager
def listening(site: Path) -> Iterator[None]:
    """The hub's part of a fleet, in a thread of its own until the block ends."""
    started, stop = threading.Event(), threading.Event()

    async def play() -> None:
        plan = load_service(site, {}).plan
        folder = site.parent / "kept"
        store = await open_store(ServiceFolder(folder).store_url(None))
        assert plan.fleet is not None
        place = plan.fleet
        listener = FleetListener(place.listen, place.addresses[0], store.fleet, SiteAuthority.open(folder))

        async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _peer: Peer) -> None:
            await reader.read()

        task = asyncio.create_task(listener.listen(serve))
        await until_true(lambda: listener.listening)
        started.set()
        await until_true(stop.is_set)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.close()

    thread = threading.Thread(target=lambda: asyncio.run(play()))
    thread.start()
    until(started.is_set)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_machine_is_invited_joins_is_listed_and_revoked(site: Path, tmp_path: Path) -> None:
    assert "No machine has joined yet" in run("fleet", "nodes", site)
    assert len(reported("fleet", "init", site)["fingerprint"]) == 64
    token = reported("fleet", "invite", site, "cabinet-7", "--pool", "north", "--hours", 2)["token"]
    assert "Invited: cabinet-7, until" in run("fleet", "nodes", site)
    node = tmp_path / "node"
    with listening(site):
        told = run("fleet", "join", token, "--data", node)
        assert "node cabinet-7 of Market square" in told
        with pytest.raises(PasserbyError, match="a machine joined by this token"):
            run("fleet", "join", token, "--data", tmp_path / "other")
        (one,) = reported("fleet", "nodes", site)["nodes"]
        assert (one["node"], one["pool"], one["state"], one["connected"]) == ("cabinet-7", "north", "joined", False)
        assert one["trouble"] == ""
        assert "cabinet-7" in run("fleet", "nodes", site)
        assert "revoked" in run("fleet", "revoke", site, "cabinet-7")
        with pytest.raises(HubRefusedError, match="was revoked"):
            asyncio.run(HubConnection(node).connect())
    assert reported("fleet", "nodes", site, code=1)["nodes"][0]["trouble"].startswith("revoked 2")
    with pytest.raises(PasserbyError, match="None has joined"):
        run("fleet", "revoke", site, "cabinet-7")
    assert actions(site) == ["fleet.authority_made", "node.invited", "node.joined", "node.revoked"]


def actions(site: Path) -> list[str]:
    async def read() -> list[str]:
        store = await open_store(ServiceFolder(site.parent / "kept").store_url(None))
        found = (await store.audit(EventQuery(0, 2**62))).rows
        await store.close()
        return [entry.action for entry in found]

    return asyncio.run(read())


def test_what_is_missing_for_an_invitation_is_said(site: Path) -> None:
    with pytest.raises(PasserbyError, match="passerby fleet init"):
        run("fleet", "invite", site, "cabinet-7")
    run("fleet", "init", site)
    with pytest.raises(PasserbyError, match="has an authority already"):
        run("fleet", "init", site)
    with pytest.raises(PasserbyError, match="a node's name has"):
        run("fleet", "invite", site, "Cabinet 7")
    site.write_text("data: kept\n")
    with pytest.raises(PasserbyError) as caught:
        run("fleet", "invite", site, "cabinet-7")
    assert str(caught.value) == NO_FLEET


def test_a_hub_that_is_not_there_leaves_the_token_as_it_is(site: Path, tmp_path: Path) -> None:
    run("fleet", "init", site)
    token = reported("fleet", "invite", site, "cabinet-7")["token"]
    with pytest.raises(PasserbyError, match="Is passerby running there"):
        run("fleet", "join", token, "--data", tmp_path / "node")
    with pytest.raises(PasserbyError, match="a letter of it is wrong"):
        run("fleet", "join", token[:-3], "--data", tmp_path / "node")
    with listening(site):
        assert reported("fleet", "join", token, "--data", tmp_path / "node")["node"] == "cabinet-7"


def test_the_keys_of_a_hub_go_to_a_second_one(site: Path, tmp_path: Path) -> None:
    (site.parent / "kept" / "register.key").write_bytes(b"the register's")
    found = reported("fleet", "export", site, tmp_path / "keys")
    taken = reported("fleet", "import", site, tmp_path / "keys", "--code", found["code"], "--data", tmp_path / "second")
    assert taken == {"files": ["register.key", "secrets.key"]}
    assert (tmp_path / "second" / "register.key").read_bytes() == b"the register's"
    outcome = CliRunner().invoke(
        app,
        ["fleet", "import", str(site), str(tmp_path / "keys"), "--data", str(tmp_path / "third")],
        input=found["code"],
    )
    assert (outcome.exit_code, (tmp_path / "third" / "register.key").exists()) == (0, True)

    async def audited() -> list[str]:
        store = await open_store(ServiceFolder(site.parent / "kept").store_url(None))
        try:
            return [entry.action for entry in (await store.audit(EventQuery(0, 2**62))).rows]
        finally:
            await store.close()

    assert "fleet.hub_keys_exported" in asyncio.run(audited())
