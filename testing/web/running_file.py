"""An application on a site file and a store, behind a real server in a thread of its own, for a browser to look at."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Method
from passerby.domain.audit import AuditEntry
from testing.web.fakes import NS_PER_S, Service
from testing.web.serving import served
from testing.web.site_files import service_on_file

T = TypeVar("T")
_DAY_NS = 86_400 * NS_PER_S


class FileSite:
    """The service, and its levers; each is pulled in the server's own loop.

    Args:
        service: the application.
        loop: the server's loop.
        port: where it listens.
    """

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop, port: int) -> None:
        self.service, self._loop, self.port = service, loop, port

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        """A one-time link."""

        async def made() -> str:
            return self.service.link(self.port)

        return self.run(made())

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        """Runs something in the server's loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(60)

    def cookie_of(self, name: str, *roles: Role) -> dict[str, str]:
        """The cookie of an account that has just logged in, with roles on every camera, as Playwright takes it."""

        async def begun() -> str:
            access = self.service.access
            store = access._context.store
            if await store.account(name) is None:
                await access.accounts.make(name, "test")
            for role in roles:
                grant = Grant(0, name, role, EVERY_CAMERA, 0, self.service.clock() + 90 * _DAY_NS, "x", "y")
                await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", name))
            return (await access.sessions.begin(name, Method.PASSKEY, Visitor("127.0.0.1", "Firefox"))).cookie

        return {"name": self.service.cookie.name("http"), "value": self.run(begun()), "url": self.address}


@contextmanager
def running_file(folder: Path, text: str) -> Iterator[FileSite]:
    """Serves a site file while the block lasts.

    Args:
        folder: an empty folder.
        text: of the site file.
    """
    ready, over = threading.Event(), threading.Event()
    found: list[FileSite] = []

    async def serve() -> None:
        async with service_on_file(folder, text) as service, served(service.app) as port:
            found.append(FileSite(service, asyncio.get_running_loop(), port))
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    try:
        if not ready.wait(60):
            raise AssertionError("the service did not start")
        yield found[0]
    finally:
        over.set()
        thread.join(30)
