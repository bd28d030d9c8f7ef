"""Every route of the application, asked by every role: what it answers is what the table below says, and no more."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from passerby.access.context import every_camera
from passerby.domain.access import Grant, Permission, Principal, PrincipalKind, Purpose, Role
from passerby.web.edge.identities import Credentials, SessionCookie
from passerby.web.permissions import needs, needs_of
from passerby.web.routes.drawing import place
from passerby.web.routes.pages import PAGES
from testing.access.people import KEY
from testing.web.fakes import HOST, NOW_S, NS_PER_S, Service, observation, site_plan
from tests.contract.api.form_routes import ADMINISTRATOR, ALL, EVERYBODY, FORM_ROUTES, PUBLIC

COOKIE = SessionCookie(KEY).name("http")
LINK = "link"
EVERY_ROLE = tuple(role.value for role in Role)
ASKING = (PUBLIC, *EVERY_ROLE, LINK)

# fmt: off
ROUTES = FORM_ROUTES | {
    "GET /": ALL,
    "GET /events": ALL,
    "GET /cameras/{name}": ALL,
    "GET /about": ALL,
    "GET /validate": ALL,
    "GET /governance": ALL,
    "GET /governance/cases": ALL,
    "GET /governance/exports": ALL,
    "GET /governance/log": ALL,
    "GET /governance/people": ALL,
    "GET /governance/register": ALL,
    "GET /governance/register/{camera}": ALL,
    "GET /governance/retention": ALL,
    "GET /welcome": ALL,
    "GET /analysis": ALL,
    "GET /app/{file:path}": ALL,
    "GET /api/v1/events": "operator privacy_officer auditor",
    "GET /api/v1/events/{event_id}": "operator privacy_officer auditor",
    "POST /api/v1/events/{event_id}/decisions": "operator",
    "PUT /api/v1/events/{event_id}/purpose": "operator",
    "GET /api/v1/event-groups": "operator",
    "POST /api/v1/event-groups/{group_id}/decisions": "operator",
    "POST /api/v1/rules/trial": "analyst engineer operator",
    "GET /api/v1/profiles": "operator",
    "PUT /api/v1/profiles": "operator",
    "DELETE /api/v1/profiles": "operator",
    "GET /api/v1/events/{event_id}/replay": "operator",
    "GET /api/v1/rules": "operator",
    "GET /api/v1/rule-kinds": "operator engineer administrator",
    "GET /api/v1/camera-settings": ADMINISTRATOR,
    "POST /api/v1/camera-settings/validate": ADMINISTRATOR,
    "PUT /api/v1/camera-settings": ADMINISTRATOR,
    "GET /camera-settings": ALL,
    "GET /api/v1/cameras/{camera}/rules": "operator engineer administrator",
    "POST /api/v1/cameras/{camera}/rules/validate": "engineer administrator",
    "PUT /api/v1/cameras/{camera}/rules": "engineer administrator",
    "GET /api/v1/recipients": ADMINISTRATOR,
    "GET /api/v1/notices": ADMINISTRATOR,
    "POST /api/v1/recipients/{recipient}/tests": ADMINISTRATOR,
    "GET /api/v1/push/subscription": "operator",
    "PUT /api/v1/push/subscription": "operator",
    "DELETE /api/v1/push/subscription": "operator",
    "GET /api/v1/audit": "auditor",
    "GET /api/v1/audit/{log}/proofs": "auditor",
    "GET /api/v1/exports": "privacy_officer auditor",
    "GET /api/v1/looks": "privacy_officer auditor",
    "GET /api/v1/retention": "privacy_officer auditor administrator",
    "GET /api/v1/retention/runs": "privacy_officer auditor administrator",
    "GET /api/v1/cases": "privacy_officer",
    "POST /api/v1/cases/{number}/answer": "privacy_officer",
    "GET /api/v1/register": "privacy_officer auditor administrator",
    "GET /api/v1/register/site": "privacy_officer auditor administrator",
    "PUT /api/v1/register/site": "privacy_officer administrator",
    "GET /api/v1/cameras/{camera}/register": "privacy_officer auditor administrator",
    "PUT /api/v1/cameras/{camera}/register": "privacy_officer administrator",
    "POST /api/v1/cameras/{camera}/register/preview": "privacy_officer administrator",
    "POST /api/v1/camera-search": ADMINISTRATOR,
    "POST /api/v1/camera-search/probe": ADMINISTRATOR,
    "POST /api/v1/cameras": ADMINISTRATOR,
    "GET /api/v1/people": "privacy_officer auditor administrator",
    "POST /api/v1/accounts": ADMINISTRATOR,
    "POST /api/v1/accounts/{account}/invitation": ADMINISTRATOR,
    "PUT /api/v1/accounts/{account}": ADMINISTRATOR,
    "POST /api/v1/grants": ADMINISTRATOR,
    "POST /api/v1/grants/{grant}/confirm": "privacy_officer",
    "DELETE /api/v1/grants/{grant}": "privacy_officer administrator",
    "GET /api/v1/account": ALL,
    "DELETE /api/v1/account/sessions/{session_id}": ALL,
    "DELETE /api/v1/account/passkeys/{credential_id}": ALL,
    "GET /api/v1/tokens": ALL,
    "POST /api/v1/tokens": ALL,
    "DELETE /api/v1/tokens/{token_id}": ALL,
    "GET /api/v1/cameras": ALL,
    "GET /api/v1/cameras/{camera}": ALL,
    "GET /api/v1/cameras/{camera}/lines": ALL,
    "GET /api/v1/cameras/{camera}/zones": ALL,
    "GET /api/v1/cameras/{camera}/password": ADMINISTRATOR,
    "PUT /api/v1/cameras/{camera}/password": ADMINISTRATOR,
    "DELETE /api/v1/cameras/{camera}/password": ADMINISTRATOR,
    "POST /api/v1/cameras/{camera}/confirm": "engineer",
    "POST /api/v1/cameras/{camera}/trial": "engineer",
    "GET /api/v1/cameras/{camera}/trial": "engineer",
    "DELETE /api/v1/cameras/{camera}/trial": "engineer",
    "GET /api/v1/cameras/{camera}/drawing": "engineer", "PUT /api/v1/cameras/{camera}/drawing": "engineer",
    "GET /api/v1/cameras/{camera}/place": "engineer", "GET /cameras/{camera}/draw": ALL,
    "POST /api/v1/cameras/{camera}/drawing/check": "engineer",
    "GET /api/v1/cameras/{camera}/drawing/versions": "engineer",
    "POST /api/v1/cameras/{camera}/calibration": "engineer",
    "POST /api/v1/cameras/{camera}/start": ALL,
    "WS /api/v1/cameras/{camera}/view": "operator",
    "WS /api/v1/cameras/{camera}/tally": "engineer",
    "GET /api/v1/configuration": ADMINISTRATOR,
    "PUT /api/v1/configuration": ADMINISTRATOR,
    "POST /api/v1/configuration/validate": ADMINISTRATOR,
    "GET /api/v1/configuration/versions": ADMINISTRATOR,
    "GET /api/v1/configuration/versions/{number}": ADMINISTRATOR,
    "POST /api/v1/configuration/versions/{number}/roll-back": ADMINISTRATOR,
    "GET /api/v1/health": ALL,
    "GET /api/v1/health/history": ALL,
    "GET /api/v1/hand-overs": ALL,
    "GET /api/v1/nodes": ADMINISTRATOR,
    "GET /api/v1/live": ALL,
    "GET /api/v1/map": ALL,
    "GET /api/v1/overview": ALL,
    "GET /api/v1/observations": "analyst engineer operator",
    "GET /api/v1/distributions": "analyst engineer operator",
    "GET /api/v1/series": "analyst engineer operator",
    "GET /api/v1/traffic-report": "analyst engineer operator",
    "POST /api/v1/validations": "engineer",
    "POST /api/v1/validations/recordings": "engineer",
    "GET /api/v1/validations": "analyst engineer operator",
    "GET /api/v1/validations/{validation}": "analyst engineer operator",
    "DELETE /api/v1/validations/{validation}": "engineer",
    "GET /api/v1/accuracy": "analyst engineer operator",
    "GET /api/v1/version": ALL,
    "GET /healthz": EVERYBODY,
    "GET /metrics": ADMINISTRATOR,
    "GET /open/{token}": EVERYBODY,
    "GET /api": ALL,
    "GET /openapi.json": ALL,
    "GET /public/{file:path}": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /api/v1/purpose": "analyst engineer operator",
    "PUT /api/v1/purpose": "analyst engineer operator",
    "DELETE /api/v1/purpose": "analyst engineer operator",
    "POST /api/v1/cameras/{camera}/ticket": "engineer operator",
}
# fmt: on
"""Who may ask for what. A new route is entered here by hand: that somebody has thought of it is the point."""

EXPORTING = {"analyst", "engineer"}
"""Who may take counts away as a table."""

FILLED = {
    "camera": "square", "number": "1", "token": "x", "file:path": "nothing", "invitation": "x", "provider": "x",
    "session_id": "x", "credential_id": "x", "event_id": "0" * 32, "group_id": "0" * 32,
    "log": "1", "account": "olga", "grant": "7", "token_id": "x",
    "validation": "0" * 32,
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_wait_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture comes from these cameras, however long a route waits for one."""
    monkeypatch.setattr(place, "FIRST_S", 0.0)


def principal(asking: str, group: str = "*") -> Principal | None:
    """What a request is made by, with one role on one group of cameras."""
    if asking == PUBLIC:
        return None
    if asking == LINK:
        every = tuple(every_camera("holder of the link", role) for role in Role)
        return Principal("holder of the link", PrincipalKind.LINK, every, asking)
    grant = Grant(1, asking, Role(asking), group, 0, (NOW_S + 3600) * NS_PER_S, "ann", "ben")
    return Principal(asking, PrincipalKind.ACCOUNT, (grant,), asking)


class Known:
    """Takes the word of the session's cookie for who asks."""

    def __init__(self, group: str = "*") -> None:
        self._group = group

    async def principal(self, credentials: Credentials) -> Principal | None:
        return principal(credentials.cookies[0], self._group) if credentials.cookies else None

    async def again(self, asking: Principal) -> Principal:
        """What an open stream is asked for again and again: nothing has changed."""
        return asking


def service(group: str = "*") -> Service:
    made = Service(identities=Known(group))
    north, south = site_plan().cameras
    cameras = (replace(north, groups=("centre",)), replace(south, groups=("station",)))
    made.configurations.plan = replace(made.configurations.plan, cameras=cameras)
    made.app.state.hub.rights._access = Known(group)  # these principals have no session that could be looked up
    purposes = made.app.state.hub.purposes
    for asking in (*EVERY_ROLE, LINK):
        purposes.hold(asking, purposes.made(Purpose.PRIVACY_CHECK, "the table of roles"))
    made.store.rows = [observation(NOW_S - 3600, camera=camera) for camera in ("square", "gate")]
    return made


async def asked(app: Any, method: str, path: str, asking: str, **headers: str) -> int:
    """The status of one request; of a WebSocket, 200 where it is accepted.

    What a route itself refuses, such as a wrong password, is 400 here: only who may not ask at all gets 401 or 403.
    """
    sent = {"Host": HOST, **headers} | ({} if asking == PUBLIC else {"Cookie": f"{COOKIE}={asking}"})
    if method == "WS":
        who, camera = principal(asking if asking != PUBLIC else LINK), path.split("/")[4]
        return await knocked(app, f"{path}?ticket={app.state.hub.tickets.new(who, camera)}", sent)
    if path == "/api/v1/live":
        return await begun(app, path, sent)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}") as client:
        answer = await client.request(method, path, headers=sent)
    if answer.status_code in (401, 403) and '"code":"no-session"' not in answer.text:
        return 403 if '"code":"not-permitted"' in answer.text else 400
    return answer.status_code


def scope_of(kind: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    path, _, query = path.partition("?")
    return {
        "type": kind, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": raw, "root_path": "", "scheme": "http", "server": ("127.0.0.1", 8642), "client": ("127.0.0.1", 5),
        "http_version": "1.1", "extensions": {"websocket.http.response": {}},
    }  # fmt: skip


async def knocked(app: Any, path: str, headers: dict[str, str]) -> int:
    """Opens a WebSocket and leaves at once."""
    said: list[dict[str, Any]] = []
    inbound: list[dict[str, Any]] = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> dict[str, Any]:
        if not inbound:
            await asyncio.Event().wait()
        return inbound.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = scope_of("websocket", path, headers) | {"subprotocols": []}
    await asyncio.wait_for(app(scope, receive, send), 60)
    if said[0]["type"] == "websocket.accept":
        return 200
    return int(said[0].get("status", 403))


async def begun(app: Any, path: str, headers: dict[str, str]) -> int:
    """The status of an endless answer, which is left at once."""
    statuses: list[int] = []
    begun = asyncio.Event()
    inbound: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not inbound:
            await begun.wait()
        return inbound.pop(0) if inbound else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        statuses.extend([message["status"]] if "status" in message else [])
        begun.set()

    await asyncio.wait_for(app(scope_of("http", path, headers), receive, send), 60)
    return statuses[0]


def filled(path: str, camera: str = "square") -> str:
    for name, value in (FILLED | {"camera": camera}).items():
        path = path.replace(f"{{{name}}}", value)
    return path


def table(app: Any) -> dict[str, Any]:
    return {f"{method} {path}": declared for method, path, declared in needs_of(app)}


@pytest.mark.asvs("6.3.4", "8.2.1")
def test_every_route_has_its_entry() -> None:
    assert set(table(service().app)) == set(ROUTES)


@pytest.mark.parametrize("route", sorted(ROUTES))
@pytest.mark.asvs("8.2.1", "8.3.1")
def test_each_role_gets_what_the_table_says(route: str) -> None:
    method, _, path = route.partition(" ")

    async def scene() -> dict[str, int]:
        app = service().app
        return {asking: await asked(app, method, filled(path), asking) for asking in ASKING}

    statuses = asyncio.run(scene())
    allowed = {*ROUTES[route].split(), LINK}
    refused = {PUBLIC: 401}
    if route.startswith("WS "):
        refused = {PUBLIC: 403}
    for asking, status in statuses.items():
        if asking not in allowed:
            assert status == refused.get(asking, 403), asking
        else:
            assert status not in (401, 403), asking


@pytest.mark.parametrize(
    # The pages of the application are one file, which says nothing of any camera.
    "route",
    sorted(route for route in ROUTES if "{camera}" in route and route.removeprefix("GET ") not in PAGES),
)
@pytest.mark.asvs("8.2.2")
def test_a_grant_on_another_group_gives_nothing(route: str) -> None:
    method, _, path = route.partition(" ")

    async def scene(camera: str) -> dict[str, int]:
        app = service("centre").app
        return {asking: await asked(app, method, filled(path, camera), asking) for asking in EVERY_ROLE}

    assert set(asyncio.run(scene("gate")).values()) == {403}
    inside = asyncio.run(scene("square"))
    for role in ROUTES[route].split():
        assert inside[role] not in (401, 403)


def answers(group: str, asking: str, path: str, **headers: str) -> httpx.Response:
    async def scene() -> httpx.Response:
        sent = {"Cookie": f"{COOKIE}={asking}", **headers}
        transport = httpx.ASGITransport(service(group).app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=sent) as client:
            return await client.get(path)

    return asyncio.run(scene())


@pytest.mark.asvs("8.2.2")
def test_lists_hold_only_the_cameras_of_the_grant() -> None:
    assert [row["name"] for row in answers("centre", "analyst", "/api/v1/cameras").json()["rows"]] == ["square"]
    assert [row["name"] for row in answers("*", "analyst", "/api/v1/cameras").json()["rows"]] == ["square", "gate"]
    path = "/api/v1/observations?bin=minute"
    assert [row["camera"] for row in answers("centre", "analyst", path).json()["rows"]] == ["square"]
    assert answers("nowhere", "analyst", path).json()["rows"] == []
    assert len(answers("*", "analyst", path).json()["rows"]) == 2
    for asked_for in ("gate", "square&camera=gate"):
        refused = answers("centre", "analyst", f"{path}&camera={asked_for}")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    assert answers("centre", "analyst", "/api/v1/health/history?camera=gate").status_code == 403
    assert answers("centre", "analyst", "/api/v1/live?camera=gate").status_code == 403


@pytest.mark.parametrize("asking", EVERY_ROLE)
@pytest.mark.parametrize("kind", ["text/csv", "application/vnd.apache.parquet"])
@pytest.mark.asvs("8.2.3")
def test_tables_are_for_those_who_may_export(asking: str, kind: str) -> None:
    status = answers("*", asking, "/api/v1/observations", Accept=kind).status_code
    assert (status == 403) == (asking not in EXPORTING)


@pytest.mark.parametrize("dependencies", [[], [needs(Permission.SEE_OWN), needs(Permission.SEE_PUBLIC)]])
def test_a_route_without_one_permission_is_found(dependencies: Iterable[Any]) -> None:
    app = service().app
    router = APIRouter()
    router.add_api_route("/new", lambda: None, dependencies=list(dependencies))
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/new: one permission is to be declared"):
        list(needs_of(app))
