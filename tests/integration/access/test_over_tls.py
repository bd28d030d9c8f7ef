"""The hub over TLS with a city's own authority, and behind a proxy: log-in, cookies, HSTS, and a live view over wss."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pyotp
import pytest
import websockets
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from websockets.asyncio.client import connect

from passerby.access import Place, Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.audit import AuditEntry
from passerby.domain.service import ServerPlan
from passerby.service.hub.web_server import tls_context
from passerby.web.edge.server import DEFAULT_LIMITS, ClientLimits
from testing.waiting import until_true
from testing.web.authority import Authority
from testing.web.fakes import NOW_S, NS_PER_S, Service, preview
from testing.web.serving import served

pytestmark = pytest.mark.slow

PASSWORD = "violet kettle under seven bridges"
WHY = {"purpose": "road_safety", "case": "report 7"}


@dataclass
class Town:
    """A service that is reached over TLS.

    Attributes:
        service: the service.
        address: its origin, as browsers name it.
        port: where it is.
        trust: what its visitors trust.
        code_secret: of ana's one-time codes.
    """

    service: Service
    address: str
    port: int
    trust: ssl.SSLContext
    code_secret: str = ""

    def browser(self) -> httpx.AsyncClient:
        """A browser, which finds the public name's address."""
        headers = {"Accept": "text/html", "Origin": self.address, "Sec-Fetch-Site": "same-origin"}
        headers["Host"] = self.address.partition("://")[2]
        base = f"https://localhost:{self.port}"
        return httpx.AsyncClient(verify=self.trust, base_url=base, headers=headers, follow_redirects=True)

    def serves(self, **server: object) -> None:
        """What the site file says of the server from now on."""
        plan = self.service.configurations.plan
        self.service.configurations.plan = replace(plan, server=ServerPlan(public_url=self.address, **server))  # type: ignore[arg-type]
        self.service.place = Place("localhost", self.address)

    async def settle(self) -> None:
        """Ana becomes an operator, with a password and codes."""
        access = self.service.access
        await access.accounts.make("ana", "test")
        grant = Grant(0, "ana", Role.OPERATOR, EVERY_CAMERA, 0, (NOW_S + 86_400) * NS_PER_S, "ida", "pia")
        await access._context.store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", "ana"))
        invitation = await access.enrolment._invitations.new("ana", "test")
        set_up = await access.enrolment.begin_password(invitation)
        self.code_secret = set_up.secret
        await access.enrolment.finish_password(
            invitation, set_up.set_up_id, PASSWORD, self.code(), Visitor("127.0.0.1", "")
        )

    def code(self) -> str:
        """A code that was not used yet."""
        self.service.clock.now_s += 30
        return pyotp.TOTP(self.code_secret).at(int(self.service.clock.now_s))

    async def log_in(self, client: httpx.AsyncClient) -> httpx.Response:
        form = {"name": "ana", "password": PASSWORD, "code": self.code(), "to": "/account"}
        return await client.post("/log-in", data=form)


@asynccontextmanager
async def direct(folder: Path, limits: ClientLimits = DEFAULT_LIMITS) -> AsyncIterator[Town]:
    authority, service = Authority(folder), Service()
    files = authority.certificate("localhost")
    async with served(service.app, limits, tls_context(files)) as port:
        town = Town(service, f"https://localhost:{port}", port, authority.client())
        town.serves(port=port, tls=files)
        await town.settle()
        yield town


def proxy_to(port: list[int], forged: dict[str, str]) -> FastAPI:
    """A proxy that ends TLS, and says who asked and how, after what the client itself says of that."""
    app = FastAPI()
    app.state.hub = Service().app.state.hub  # what ends the streams of an application at its end

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT"])
    async def passed(request: Request, path: str) -> Response:
        headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
        before = request.headers.get("x-forwarded-for")
        named = f"{before}, 203.0.113.9" if before else "203.0.113.9"
        said = {"x-forwarded-for": named, "x-forwarded-proto": "https", **forged}
        headers = [each for each in headers if each[0] not in said] + list(said.items())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port[0]}") as client:
            answer = await client.request(request.method, f"/{path}", headers=headers, content=await request.body())
        kept = Response(answer.content, answer.status_code)
        kept.raw_headers = [each for each in answer.headers.raw if each[0].lower() != b"transfer-encoding"]
        return kept

    return app


@pytest.mark.asvs("3.3.1", "3.3.3", "3.3.4", "3.4.1", "14.3.1")
def test_cookies_are_of_this_host_and_secure_and_the_host_asks_for_tls(tmp_path: Path) -> None:
    async def scene() -> None:
        async with direct(tmp_path) as town, town.browser() as client:
            assert (await client.get("/account")).status_code == 401
            begun = await town.log_in(client)
            assert (begun.url.path, begun.status_code) == ("/account", 200)
            cookie = begun.history[0].headers["set-cookie"]
            assert cookie.startswith("__Host-passerby=")
            for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
                assert part in cookie
            assert "Domain" not in cookie
            year_s = 31_536_000
            assert begun.headers["strict-transport-security"] == f"max-age={year_s}"
            # The name that the cookie has without TLS is of no use here.
            plain = {"Cookie": f"{town.service.cookie.name('http')}={client.cookies['__Host-passerby']}"}
            async with town.browser() as other:
                assert (await other.get("/account", headers=plain)).status_code == 401
            out = await client.post("/account/log-out")
            assert out.history[0].headers["clear-site-data"] == '"cache", "storage"'
            assert (await client.get("/account")).status_code == 401

    asyncio.run(scene())


@pytest.mark.asvs("4.4.1")
def test_a_view_opens_over_wss_with_a_ticket_that_works_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with direct(tmp_path) as town, town.browser() as client:
            await town.log_in(client)
            assert (await client.put("/api/v1/purpose", json=WHY)).status_code == 200
            ticket = (await client.post("/api/v1/cameras/square/ticket")).json()["ticket"]
            address = town.address.replace("https", "wss") + f"/api/v1/cameras/square/view?ticket={ticket}"
            sent = {"Cookie": f"__Host-passerby={client.cookies['__Host-passerby']}", "Origin": town.address}
            async with connect(address, ssl=town.trust, additional_headers=sent, proxy=None) as view:
                await until_true(lambda: len(town.service.live.pictures.get("square", [])) == 1)
                town.service.live.show(preview(3))
                assert (await view.recv())[-100:] == b"\x03" * 100
            for headers in (sent, {**sent, "Origin": "https://evil.example"}, {"Origin": town.address}):
                with pytest.raises(websockets.InvalidStatus):
                    await connect(address, ssl=town.trust, additional_headers=headers, proxy=None)
            looks = [entry for entry in town.service.store.audit_rows if entry.action == "view.opened"]
            assert [(entry.actor, entry.case) for entry in looks] == [("ana", "report 7")]

    asyncio.run(scene())


@pytest.mark.asvs("12.1.1")
def test_older_tls_and_strange_authorities_are_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with direct(tmp_path) as town:
            port = town.port
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.load_verify_locations(tmp_path / "authority.pem")
            old.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.warns(DeprecationWarning):
                old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
            for refused in (old, ssl.create_default_context()):
                with pytest.raises((ssl.SSLError, ConnectionResetError)):
                    await asyncio.open_connection("localhost", port, ssl=refused)
            async with town.browser() as client:
                assert (await client.get("/healthz")).status_code == 200
            async with httpx.AsyncClient() as clear:
                with pytest.raises(httpx.HTTPError):
                    await clear.get(f"http://localhost:{port}/healthz")

    asyncio.run(scene())


def test_a_client_that_takes_no_answer_is_ended_over_tls_as_well(tmp_path: Path) -> None:
    async def status(port: int, trust: ssl.SSLContext) -> int:
        async with httpx.AsyncClient(verify=trust) as client:
            return (await client.get(f"https://localhost:{port}/healthz")).status_code

    async def scene() -> None:
        limits = ClientLimits(connections=1, unread_s=0.5)
        async with direct(tmp_path, limits) as town:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            raw.setblocking(False)
            await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", town.port))
            reader, writer = await asyncio.open_connection(
                sock=raw, ssl=town.trust, server_hostname="localhost", limit=1024
            )
            writer.write(b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5000)
            await reader.read(1)
            assert await status(town.port, town.trust) == 503
            async with asyncio.timeout(60):
                while await status(town.port, town.trust) != 200:
                    await asyncio.sleep(0.05)
            writer.transport.abort()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("forged", "status"),
    [({}, 200), ({"x-forwarded-proto": "http"}, 403), ({"host": "evil.example"}, 421)],
    ids=["as it should", "a proxy that says it came in the clear", "another host"],
)
@pytest.mark.asvs("4.1.3")
def test_behind_a_named_proxy(tmp_path: Path, forged: dict[str, str], status: int) -> None:
    async def scene() -> None:
        authority, service, hub_port = Authority(tmp_path), Service(), [0]
        front = proxy_to(hub_port, forged)
        async with (
            served(service.app) as hub_port[0],
            served(front, tls=tls_context(authority.certificate("localhost"))) as port,
        ):
            town = Town(service, "https://count.example.org", port, authority.client())
            town.serves(port=hub_port[0], behind=("127.0.0.1/32",))
            await town.settle()
            async with town.browser() as client:
                begun = await town.log_in(client)
                assert begun.status_code == status
                if status != 200:
                    return
                assert begun.history[0].headers["set-cookie"].startswith("__Host-passerby=")
                # A visitor who names an address of this machine is not taken for one of it.
                claims = {"X-Forwarded-For": "127.0.0.1"}
                assert (await client.get("/metrics", headers=claims)).status_code in (401, 403)

    asyncio.run(scene())
