"""The whole HTTP side of the hub as one ASGI application."""

import time
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from prometheus_client.registry import Collector
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from passerby import __version__
from passerby.access import Access
from passerby.command_hints import CommandHints
from passerby.domain.observations import Quantity
from passerby.ports import CameraSearch, Configurations, Drawings, Live, Store
from passerby.publish.open_data.months import OpenData
from passerby.publish.push_key import PushKey
from passerby.register.published.publication import Publication
from passerby.web.edge.gate import Gate
from passerby.web.edge.head import Heads
from passerby.web.edge.headers import SecurityHeaders
from passerby.web.edge.identities import AccessIdentities, Identities, SessionCookie
from passerby.web.edge.purposes import Purposes, RecentLooks, Tickets
from passerby.web.edge.rate_limits import RateLimits
from passerby.web.edge.refused_acts import RefusedActs
from passerby.web.edge.request_metrics import Counting, Figures
from passerby.web.edge.streams import Rights
from passerby.web.hub import NO_SEARCH, Hub, OpenReplay, never_opened
from passerby.web.live.overview import Overview
from passerby.web.live.overview_texts import OverviewTexts
from passerby.web.live.today import Today
from passerby.web.permissions import FILES, PublicRoutes
from passerby.web.problems import answer_with_problems
from passerby.web.public_register import PublicPages
from passerby.web.reference.description import DESCRIPTION, described
from passerby.web.reference.page import router as reference_router
from passerby.web.routes.accounts.account import router as account_router
from passerby.web.routes.accounts.camera_passwords import router as camera_passwords_router
from passerby.web.routes.accounts.invitations import router as invitations_router
from passerby.web.routes.accounts.log_in import described as link_router
from passerby.web.routes.accounts.log_in import log_in_page
from passerby.web.routes.accounts.log_in import router as log_in_router
from passerby.web.routes.accounts.people import router as people_router
from passerby.web.routes.accounts.start import router as start_router
from passerby.web.routes.cameras import router as cameras_router
from passerby.web.routes.configuration import router as configuration_router
from passerby.web.routes.drawing.calibration import router as calibration_router
from passerby.web.routes.drawing.draft_trials import router as draft_trials_router
from passerby.web.routes.drawing.drawings import router as drawings_router
from passerby.web.routes.drawing.place import router as drawn_place_router
from passerby.web.routes.events.camera_rules import router as camera_rules_router
from passerby.web.routes.events.event_groups import router as event_groups_router
from passerby.web.routes.events.event_purpose import router as event_purpose_router
from passerby.web.routes.events.place_events import router as events_router
from passerby.web.routes.events.profiles import router as profiles_router
from passerby.web.routes.events.push import router as push_router
from passerby.web.routes.events.recipients import router as recipients_router
from passerby.web.routes.events.replays import router as event_replay_router
from passerby.web.routes.events.rule_trials import router as rule_trials_router
from passerby.web.routes.events.rules import router as rules_router
from passerby.web.routes.governance.audit_entries import router as audit_router
from passerby.web.routes.governance.camera_settings import router as camera_settings_router
from passerby.web.routes.governance.cases import router as cases_router
from passerby.web.routes.governance.exports import router as exports_router
from passerby.web.routes.governance.new_cameras import router as new_cameras_router
from passerby.web.routes.governance.nodes import router as nodes_router
from passerby.web.routes.governance.own_account import router as own_account_router
from passerby.web.routes.governance.people import router as accounts_router
from passerby.web.routes.governance.register_records import router as register_records_router
from passerby.web.routes.governance.retention import router as retention_router
from passerby.web.routes.health import router as health_router
from passerby.web.routes.health import watched
from passerby.web.routes.live.map_tiles import router as map_router
from passerby.web.routes.live.overview import router as overview_router
from passerby.web.routes.live.stream import router as live_router
from passerby.web.routes.live.view import router as view_router
from passerby.web.routes.measured.distributions import router as distributions_router
from passerby.web.routes.measured.hand_overs import router as hand_overs_router
from passerby.web.routes.measured.observations import router as observations_router
from passerby.web.routes.measured.series import router as series_router
from passerby.web.routes.measured.traffic_report import router as traffic_report_router
from passerby.web.routes.measured.validations.accuracy import router as accuracy_router
from passerby.web.routes.measured.validations.hand_counts import router as validations_router
from passerby.web.routes.metrics import HubFigures
from passerby.web.routes.metrics import router as metrics_router
from passerby.web.routes.pages import FOLDERS, no_such_page
from passerby.web.routes.pages import router as pages_router
from passerby.web.routes.public.audit_tree import router as audit_tree_router
from passerby.web.routes.public.interfaces import router as interfaces_router
from passerby.web.routes.public.open_files import router as open_files_router
from passerby.web.routes.public.open_pages import router as open_pages_router
from passerby.web.routes.public.questions import router as questions_router
from passerby.web.routes.public.register import router as register_router
from passerby.web.routes.purposes import router as purposes_router
from passerby.web.routes.version import router as version_router

ROUTERS = (
    open_pages_router,
    open_files_router,  # before the link that opens a session, whose word may be any
    interfaces_router,
    version_router,
    cameras_router,
    camera_settings_router,
    overview_router,
    map_router,
    observations_router,
    series_router,
    traffic_report_router,
    distributions_router,
    hand_overs_router,
    validations_router,
    accuracy_router,
    live_router,
    view_router,
    events_router,
    event_purpose_router,
    event_groups_router,
    profiles_router,
    event_replay_router,
    rule_trials_router,
    drawings_router,
    calibration_router,
    drawn_place_router,
    draft_trials_router,
    rules_router,
    camera_rules_router,
    recipients_router,
    push_router,
    audit_router,
    audit_tree_router,
    exports_router,
    retention_router,
    cases_router,
    accounts_router,
    own_account_router,
    register_records_router,
    new_cameras_router,
    health_router,
    nodes_router,
    configuration_router,
    watched,
    metrics_router,
    pages_router,
    reference_router,
    link_router,
    log_in_router,
    invitations_router,
    account_router,
    start_router,
    people_router,
    camera_passwords_router,
    purposes_router,
    questions_router,
    register_router,
)


def create_app(
    store: Store,
    live: Live,
    configurations: Configurations,
    drawings: Drawings,
    access: Access,
    cookie: SessionCookie,
    register: Publication,
    *,
    clock: Callable[[], int] = time.time_ns,
    version: str = __version__,
    collectors: Iterable[Collector] = (),
    identities: Identities | None = None,
    push_key: PushKey | None = None,
    open_replay: OpenReplay = never_opened,
    camera_search: CameraSearch = NO_SEARCH,
    hints: CommandHints | None = None,
    open_data: OpenData | None = None,
) -> FastAPI:
    """The application.

    Args:
        store: what was measured.
        live: what is known of this moment.
        configurations: the site file.
        drawings: what is drawn at its cameras.
        access: accounts, sessions and grants.
        cookie: the session's cookie.
        register: the published register.
        clock: UTC nanoseconds now.
        version: passerby's own.
        collectors: more figures for /metrics, of other parts of the process.
        identities: finds out who asks; None for the sessions and tokens of `access`.
        push_key: the service's own for web push; None for a service without.
        open_replay: decrypts a replay of an event; None where it cannot be opened.
        camera_search: looks for cameras on the network.
        hints: how commands on this machine are written; None where nothing of it is known.
        open_data: what the public gets; None for a service that publishes no numbers.
    """
    figures = Figures(collectors)
    overview = Overview(live, Today(store, live, clock, (Quantity.FLOW,)))
    hub = Hub(
        store,
        live,
        configurations,
        drawings,
        access,
        cookie,
        register,
        clock,
        version,
        Today(store, live, clock),
        overview,
        OverviewTexts(overview),
        figures,
        Purposes(clock),
        Tickets(clock),
        RecentLooks(clock),
        Rights(access),
        RateLimits(clock),
        PublicPages(store, register),
        camera_search,
        push_key,
        open_replay,
        hints=hints or CommandHints(),
        open_data=open_data,
    )
    figures.registry.register(HubFigures(hub))
    app = described_app(version, cookie.name("http"))
    app.state.hub = hub
    for path in FILES:
        app.mount(path, StaticFiles(directory=FOLDERS[path], check_dir=False))
    answer_with_problems(app, no_such_page)
    # The last one added is the first one asked.
    app.add_middleware(Heads)
    app.add_middleware(
        RefusedActs,
        append=store.append_audit,
        known_camera=lambda name: hub.plan.camera(name) is not None,
        clock=clock,
    )
    app.add_middleware(
        Gate,
        identities=identities or AccessIdentities(access),
        cookie=cookie,
        server=lambda: hub.plan.server,
        is_public=PublicRoutes(app),
        limits=hub.limits,
        device_of=access.device_of,
        log_in_page=lambda scope: log_in_page(hub, _asked(scope), status=HTTPStatus.UNAUTHORIZED),
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Counting, figures=figures)
    return app


def described_app(version: str, cookie: str) -> FastAPI:
    """The application's routes and their description, without a service behind them.

    Args:
        version: passerby's own.
        cookie: name of the session's cookie.
    """
    # No pages of FastAPI's own: they load their scripts from elsewhere.
    app = FastAPI(
        title="passerby",
        summary="Measures the place, never the person.",
        description=DESCRIPTION,
        version=version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        routes=list(_routes()),
    )
    _describe(app, cookie)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Returns every route, worked out once for all applications of a process: it takes FastAPI a tenth of a second."""
    every = APIRouter(generate_unique_id_function=lambda route: route.name)
    for router in ROUTERS:
        every.include_router(router)
    return tuple(every.routes)


def work_out_routes() -> None:
    """Has FastAPI work out every route now, which takes it 0.3 s of CPU, and not when the first application is made."""
    PublicRoutes(described_app("", ""))


def _asked(scope: Scope) -> str:
    """Returns what a request asked for, with its query: a link to one event leads there after the log-in."""
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


async def recall_purposes(app: FastAPI) -> None:
    """Has purposes hold that were stated to an earlier hub; to be called before the server answers.

    Raises:
        StoreError: they cannot be read.
    """
    hub: Hub = app.state.hub
    for session_id, stated in (await hub.store.access.purposes(hub.clock())).items():
        hub.purposes.hold(session_id, stated)


def end_streams(app: FastAPI) -> None:
    """Ends endless answers within two seconds; to be called before the server stops, which waits for them."""
    hub: Hub = app.state.hub
    hub.ending.set()


def _describe(app: FastAPI, cookie: str) -> None:
    kept: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not kept:
            kept.update(described(app, cookie))
        return kept

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to change it
