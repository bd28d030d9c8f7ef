"""A hub that waits and an active one, in the test's own loop: what of that sent to one reaches the other."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from passerby.domain.service import ServerPlan
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.passed_on import PassedOn, ToActiveHub
from passerby.service.hub.standby_server import StandbyServer
from passerby.service.hub.web_server import Server, bound
from passerby.web.edge.server import ClientLimits, server_config
from testing.ports import free_port
from testing.servers.fleet_hub import SITE, Hub, running_hub
from testing.waiting import until_true


@dataclass
class Active:
    """The active hub's application: answers how each request came, and keeps it.

    Attributes:
        seen: address, scheme and headers of each request.
        gone: how many endless answers have ended.
    """

    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    gone: int = 0

    def app(self) -> Starlette:
        async def how(request: Request) -> Response:
            client = request.client.host if request.client else ""
            self.seen.append((client, request.url.scheme, dict(request.headers)))
            return JSONResponse({"client": client, "scheme": request.url.scheme, "bytes": len(await request.body())})

        async def endless(_: Request) -> Response:
            async def words() -> AsyncIterator[bytes]:
                try:
                    while True:
                        yield b"data: " + b"x" * 1000 + b"\n\n"
                        await asyncio.sleep(0.001)
                finally:
                    self.gone += 1

            return StreamingResponse(words(), media_type="text/event-stream")

        async def echo(socket: WebSocket) -> None:
            await socket.accept()
            client = socket.client.host if socket.client else ""
            await socket.send_text(f"{client} {socket.url.scheme} {await socket.receive_text()}")
            await socket.close()

        methods = ["GET", "POST"]
        return Starlette(
            routes=[Route("/how", how, methods=methods), Route("/endless", endless), WebSocketRoute("/echo", echo)]
        )


@asynccontextmanager
async def active_hub(folder: Path, active: Active) -> AsyncIterator[Hub]:
    """The active hub: it listens for nodes, and takes what the other one passes on."""
    # It says that it is reached from elsewhere, too.
    server = Server(server_config(active.app(), "hub.example", 0, malformed=lambda: None))
    with closing(bound(ServerPlan(port=free_port()))) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with running_hub(folder) as hub:
            hub.listener.passed_on = PassedOn(SITE, server.passed_on)
            await until_true(lambda: server.started)
            yield hub
        server.should_exit = server.force_exit = True
        await serving


@asynccontextmanager
async def waiting_hub(
    authority: SiteAuthority | None,
    addresses: tuple[str, ...] = (),
    tls: ssl.SSLContext | None = None,
    limits: ClientLimits | None = None,
) -> AsyncIterator[int]:
    """The port of a hub that waits; without an authority it reaches no other."""
    onward = None if authority is None else ToActiveHub(authority, addresses)
    plan = ServerPlan(port=free_port())
    with closing(bound(plan)) as listening:
        serving = asyncio.create_task(StandbyServer(onward, limits or ClientLimits()).serve(listening, tls))
        try:
            yield plan.port
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
