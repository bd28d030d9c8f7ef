"""What every route answers from: the ports, the clock, and what viewers share."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends
from starlette.requests import HTTPConnection

from passerby.access import Access
from passerby.command_hints import CommandHints
from passerby.domain.camera_search import FoundDevice, FoundSource
from passerby.domain.errors import SourceError
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.domain.service import CameraPlan, SitePlan
from passerby.ports import CameraSearch, Configurations, Drawings, Live, Store
from passerby.publish.open_data.months import OpenData
from passerby.publish.push_key import PushKey
from passerby.register.published.publication import Publication
from passerby.report.traffic.kept_reports import Reports
from passerby.web.edge.identities import SessionCookie
from passerby.web.edge.kept_pages import KeptPages
from passerby.web.edge.purposes import Purposes, RecentLooks, Tickets
from passerby.web.edge.rate_limits import RateLimits
from passerby.web.edge.request_metrics import Figures
from passerby.web.edge.streams import Rights
from passerby.web.live.kept_lists import KeptLists, KeptRows
from passerby.web.live.overview import Overview
from passerby.web.live.overview_texts import OverviewTexts
from passerby.web.live.previews import Viewers, ViewMessages
from passerby.web.live.tally_views import TallyViews
from passerby.web.live.today import DayEvents, Today
from passerby.web.problems import InvalidField, ProblemError, no_such_camera
from passerby.web.public_register import PublicPages

CAMERAS: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"
"""A camera's name."""

OpenReplay = Callable[[EncryptedReplay], EventReplay | None]


def never_opened(_: EncryptedReplay) -> EventReplay | None:
    """Opens no replay: there is no key."""
    return None


class NoSearch:
    """Looks for no cameras: a service that has no network to look in."""

    async def discover(self, seconds: float, at: Sequence[str] = ()) -> tuple[FoundDevice, ...]:
        """Raises a SourceError."""
        raise SourceError(f"cameras are not looked for here, not for {seconds:g} s and not at {len(at)} addresses")

    async def probe(self, address: str, user: str, password: str) -> FoundSource:  # noqa: ARG002
        """Raises a SourceError."""
        raise SourceError("cameras are not asked here")


NO_SEARCH = NoSearch()


@dataclass(frozen=True, slots=True)
class Hub:
    """One service, as the routes see it.

    Attributes:
        store, live, configurations, drawings: the ports.
        access: accounts, sessions and grants.
        cookie: the session's cookie.
        register: the published register.
        clock: UTC nanoseconds now.
        version: passerby's own.
        today: the values of the day so far.
        overview, overview_texts: all cameras at a glance, and as it is sent.
        figures: counts of requests.
        purposes, tickets, looks: why sessions look, what views are opened with, and how many were.
        rights: the principals of open streams as they are now.
        limits: how often one may ask.
        viewers: who looks now.
        day_events, messages: days and pictures as they are sent, made once for all who listen or look.
        camera_rows, state_rows, health_rows: what the lists of cameras and of their states were sent as last.
        lists: those lists whole, for all who ask at about the same time.
        tally_views: what people who count by hand were shown.
        reports: traffic reports that were made a short while ago.
        public_pages: the public pages of the register.
        camera_search: looks for cameras on the network.
        push_key: the service's own for web push; None for a service without.
        open_replay: decrypts a replay of an event; None where it cannot be opened.
        hints: how commands on this machine are written, for those who are on it.
        open_data: what the public gets; None where nothing is published.
        open_pages: its pages that were made a short while ago.
        ending: set when endless answers are to end.
    """

    store: Store
    live: Live
    configurations: Configurations
    drawings: Drawings
    access: Access
    cookie: SessionCookie
    register: Publication
    clock: Callable[[], int]
    version: str
    today: Today
    overview: Overview
    overview_texts: OverviewTexts
    figures: Figures
    purposes: Purposes
    tickets: Tickets
    looks: RecentLooks
    rights: Rights
    limits: RateLimits
    public_pages: PublicPages
    camera_search: CameraSearch
    push_key: PushKey | None = None
    open_replay: OpenReplay = never_opened
    viewers: Viewers = field(default_factory=Viewers)
    day_events: DayEvents = field(default_factory=DayEvents)
    messages: ViewMessages = field(default_factory=ViewMessages)
    camera_rows: KeptRows = field(default_factory=KeptRows)
    state_rows: KeptRows = field(default_factory=KeptRows)
    health_rows: KeptRows = field(default_factory=KeptRows)
    lists: KeptLists = field(default_factory=KeptLists)
    tally_views: TallyViews = field(default_factory=TallyViews)
    reports: Reports = field(default_factory=Reports)
    hints: CommandHints = field(default_factory=CommandHints)
    open_data: OpenData | None = None
    open_pages: KeptPages = field(default_factory=KeptPages)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def plan(self) -> SitePlan:
        """What runs now."""
        return self.configurations.plan

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.plan.time_zone)

    async def shown_hints(self) -> CommandHints:
        """How commands are written for anyone who reads a page.

        Without an account the service listens on its own machine alone, so that its paths can be shown; later they are
        not, as what any visitor reads names no path of the machine.

        Raises:
            StoreError: the database does not answer.
        """
        return CommandHints() if await self.access.any_account() else self.hints

    def camera(self, name: str) -> CameraPlan:
        """The camera of that name.

        Raises:
            ProblemError: there is none.
        """
        found = self.plan.camera(name)
        if found is None:
            raise no_such_camera(name)
        return found

    def running_camera(self, name: str) -> CameraPlan:
        """The camera of that name, which runs.

        Raises:
            ProblemError: there is none, or it does not run: 409 with what is missing.
        """
        camera = self.camera(name)
        registration = camera.registration
        if registration.record is None:
            raise ProblemError(
                HTTPStatus.CONFLICT,
                "not-registered",
                f"The camera {name} is not registered, so it does not run.",
                "Fill what is missing in the site file; `passerby register draft SITE.yaml` writes what is known.",
                [InvalidField(where=f"cameras.{name}.register.{gap}", what="is missing") for gap in registration.gaps],
            )
        if camera.fault:
            raise ProblemError(
                HTTPStatus.CONFLICT,
                "password-not-readable",
                f"The camera {name} does not run: {camera.fault}.",
                f"Do what it says, or PUT /api/v1/cameras/{name}/password.",
            )
        if not registration.runs:
            raise ProblemError(
                HTTPStatus.CONFLICT,
                "paused",
                f"The camera {name} does not run: {registration.why}.",
                f"Take `paused` away from the site file, or switch a tier on at cameras.{name}.register.",
            )
        return camera


def hub_of(connection: HTTPConnection) -> Hub:
    """Returns the service that a request belongs to."""
    hub = connection.app.state.hub
    assert isinstance(hub, Hub)  # noqa: S101 - create_app put it there
    return hub


HubHere = Annotated[Hub, Depends(hub_of)]
"""The service that a route belongs to."""
