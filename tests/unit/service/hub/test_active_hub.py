"""A hub waits until it is the active one, watches no camera meanwhile, and is refused another site's database."""

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from passerby.audit.keys import make_key
from passerby.domain.errors import PasserbyError
from passerby.messages.supervision_messages import AppliedConfiguration, HubStatus, ToSupervisor
from passerby.ports import Store, StoreUnavailableError
from passerby.service.hub import active_hub
from passerby.service.hub.active_hub import ActiveHub
from passerby.service.plans import wanted_plan
from testing.ports import free_port


class MadeClaim:
    """A claim as a test wants it.

    Args:
        others: what each attempt to take it answers; an error is raised.
        before: the place of the hub that was active before.
    """

    def __init__(self, *others: str | StoreUnavailableError, before: str = "") -> None:
        self.place, self._others, self._before = "here", [*others, ""], before
        self.replaced, self.done = asyncio.Event(), ""
        self.settings: dict[str, str] = {}

    async def take(self) -> str:
        found = self._others.pop(0)
        if isinstance(found, StoreUnavailableError):
            raise found
        return found

    async def watch(self) -> None:
        await self.replaced.wait()

    async def last(self) -> str:
        return self._before

    async def begin(self) -> None:
        self.done += "begun "

    async def setting(self, name: str) -> str:
        return self.settings.get(name, "")

    async def put(self, name: str, value: str) -> None:
        self.settings[name] = value

    async def close(self) -> None:
        self.done += "closed"


class Hub:
    """An active hub on a folder, and what it sends to its supervisor."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.port, self.sent = folder, free_port(), list[ToSupervisor]()
        (folder / "data").mkdir(exist_ok=True)
        self.site = folder / "site.yaml"
        self.site.write_text(f"site: {{name: Market square}}\nserver: {{port: {self.port}}}\n")
        self._patch = monkeypatch

    def made(self, claim: MadeClaim) -> ActiveHub:
        self._patch.setattr(active_hub, "claim_of", lambda _url, _place: claim)
        plan = wanted_plan(self.site, self.folder / "data", {})
        return ActiveHub(self.site, self.folder / "data", plan, self.sent.append)

    def ready(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    return Hub(tmp_path, monkeypatch)


def test_it_waits_for_the_other_hub_and_says_so(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active_hub, "ASK_S", 0.02)

    async def run() -> None:
        claim = MadeClaim(StoreUnavailableError("not yet"), *["host-b"] * 500)
        monkeypatch.setattr(active_hub.WAITS.__class__, "first_s", 0.01, raising=False)
        stop = asyncio.Event()
        async with hub.made(claim) as waiting:
            opened = asyncio.create_task(waiting.opened(stop))
            async with asyncio.timeout(30):
                while True:
                    try:
                        assert await asyncio.to_thread(hub.ready) == 503
                        break
                    except urllib.error.URLError:
                        await asyncio.sleep(0.02)
            assert AppliedConfiguration((), 1) in hub.sent
            (status,) = {one.standby for one in hub.sent if isinstance(one, HubStatus)}
            assert status.startswith("another hub of this site is the active one (host-b)")
            claim._others = [""]
            store = await asyncio.wait_for(opened, 30)
            assert store is not None
            # The port is free for the hub's own server by now.
            with pytest.raises(urllib.error.URLError):
                await asyncio.to_thread(hub.ready)
            replaced = asyncio.Event()
            watching = asyncio.create_task(waiting.watch(replaced.set))
            claim.replaced.set()
            await asyncio.wait_for(replaced.wait(), 30)
            await watching
            await store.close()
        assert claim.done == "begun closed"

    asyncio.run(run())


@pytest.mark.parametrize("waits", [False, True])
def test_the_site_file_is_read_again_only_where_it_has_waited(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(active_hub, "ASK_S", 0.02)

    async def run() -> None:
        async with hub.made(MadeClaim(*(["host-b"] if waits else []))) as active:
            before = active.plan
            hub.site.write_text(f"site: {{name: Fish market}}\nserver: {{port: {hub.port}}}\n")
            store = await active.opened(asyncio.Event())
            assert store is not None
            assert (active.plan is before, active.plan.name == "Fish market") == (not waits, waits)
            await store.close()

    asyncio.run(run())


def test_it_stops_while_it_waits(hub: Hub) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        async with hub.made(MadeClaim(*["host-b"] * 500)) as waiting:
            opened = asyncio.create_task(waiting.opened(stop))
            await asyncio.sleep(0.05)
            stop.set()
            assert await asyncio.wait_for(opened, 30) is None

    asyncio.run(run())


async def ran_with(hub: Hub, key: Path) -> None:
    """Leaves a database whose audit log was signed with a key."""
    async with hub.made(MadeClaim()) as active:
        store = await active.opened(asyncio.Event())
        assert store is not None
        await signed(store, key)
        await store.close()


async def signed(store: Store, file: Path) -> None:
    store.audit_log.use_key(make_key(file).private_bytes_raw())
    await store.audit_log.checkpoint()


def test_the_database_of_another_site_is_refused_before_its_audit_log_seems_broken(hub: Hub) -> None:
    key = hub.folder / "data" / "audit.key"

    async def run() -> None:
        await ran_with(hub, key)
        # The same keys, as a second hub has them: taken.
        async with hub.made(MadeClaim(before="host-b")) as second:
            store = await second.opened(asyncio.Event())
            assert store is not None
            assert second.took_over
            await store.close()
        # No key, and another one: another site's hub, or a second one that was given none.
        key.unlink()
        for _ in range(2):
            async with hub.made(MadeClaim(before="host-b")) as other:
                with pytest.raises(PasserbyError, match=r"has not the keys of the hub .* \(host-b\).*fleet import"):
                    await other.opened(asyncio.Event())
            make_key(key)
        # On the same machine and folder it is for `audit verify` to tell what became of the key.
        async with hub.made(MadeClaim(before="here")) as same:
            store = await same.opened(asyncio.Event())
            assert store is not None
            assert not same.took_over
            await store.close()

    asyncio.run(run())
