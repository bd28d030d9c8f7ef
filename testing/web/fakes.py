"""A service that is not there: a site, and ports that answer from memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from passerby.access import Access, NewSession, Place, Visitor
from passerby.command_hints import CommandHints
from passerby.domain.access import Purpose
from passerby.domain.audit import AuditEntry
from passerby.domain.cases import Case
from passerby.domain.columns import Distribution, Grouping, SeriesColumns, StoredSeries
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.draft_trial import Draft, DraftState
from passerby.domain.event_rules import BY_CALENDAR, ProfileSwitch
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent
from passerby.domain.preview import Preview
from passerby.domain.queries import Bin, EventQuery, ObservationQuery, Page
from passerby.domain.register import RegisterVersion
from passerby.domain.replays import EventReplay
from passerby.domain.retention import DeletionRun, Kind, RetentionLine
from passerby.drawing.site_drawings import SiteDrawings
from passerby.ports import StoreUnavailableError
from passerby.register.published.generation import ModelFacts
from passerby.register.published.publication import Publication
from passerby.register.published.signing import RegisterKey
from passerby.units import DAY_S
from passerby.web.app import create_app
from passerby.web.edge.identities import Identities, SessionCookie
from testing.access.memory_store import MemoryAccessStore
from testing.access.people import KEY, cheap_access
from testing.trial_service.publishing import MemoryPublished
from testing.waiting import Clock
from testing.web.audit_log import FakeAuditLog
from testing.web.configurations import FakeConfigurations
from testing.web.events import FakeEvents, FakeFleet, FakeLeases, page_of
from testing.web.hand_counts import FakeHandCounts
from testing.web.made import (
    CANARY,
    HOST,
    MIDNIGHT_S,
    NOW_S,
    NS_PER_S,
    SITE,
    camera_plan,
    health_report,
    observation,
    preview,
    site_plan,
)

__all__ = [
    "CANARY",
    "HOST",
    "MIDNIGHT_S",
    "NOW_S",
    "NS_PER_S",
    "SITE",
    "FakeConfigurations",
    "camera_plan",
    "health_report",
    "observation",
    "preview",
    "site_plan",
]

Answer = TypeVar("Answer")


def finished(asked: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine returns that waits for nothing."""
    try:
        asked.send(None)
    except StopIteration as end:
        result: Answer = end.value
        return result
    raise AssertionError("it waits")


class FakeStore(FakeEvents):
    """Keeps what it is given, in bins as they come; may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Observation] = []
        self.health_rows: list[CameraHealth] = []
        self.audit_log = FakeAuditLog(self._check)
        self.access = MemoryAccessStore(self.audit_rows)
        self.hand_counts = FakeHandCounts(self._check, self.audit_rows)
        self.published = MemoryPublished(self._check, self.audit_rows)
        self.leases = FakeLeases(self._check)
        self.fleet = FakeFleet(self._check)
        self.registers: list[RegisterVersion] = []
        self.case_rows: list[Case] = []
        self.run_rows: list[DeletionRun] = []
        self.oldest: dict[Kind, int] = {}
        self.away = False
        self.refusals = 0
        self.asked: list[ObservationQuery] = []
        self.newest_configuration: ConfigurationVersion | None = ConfigurationVersion(1, 0, "file", SITE)

    def _check(self) -> None:
        if self.away:
            self.refusals += 1
            raise StoreUnavailableError("postgresql://db.example/passerby: it does not answer now")

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        self._check()
        self.asked.append(query)
        await asyncio.sleep(0)
        found = [
            row
            for row in self.rows
            if query.start_ns <= row.start_ns < query.end_ns
            and (not query.cameras or row.camera in query.cameras)
            and (row.length_s >= 82_800) == (query.bin is Bin.DAY)
        ]
        return page_of(found, query)

    async def series(self, query: ObservationQuery) -> tuple[StoredSeries, ...]:
        self._check()
        every = {StoredSeries(row.camera, row.series, row.quantity, row.road_user, row.direction) for row in self.rows}
        return tuple(
            each
            for each in every
            if (not query.cameras or each.camera in query.cameras) and (not query.series or each.series in query.series)
        )

    async def distributions(self, query: ObservationQuery, grouping: Grouping) -> tuple[Distribution, ...]:
        """Nothing; tests of distributions use the real store."""
        self._check()
        return ()

    async def columns(self, query: ObservationQuery, grouping: Grouping) -> tuple[SeriesColumns, ...]:
        """Nothing on these bins; tests of charts use the real store."""
        self._check()
        return ()

    async def health(self, query: EventQuery) -> Page[CameraHealth]:
        self._check()
        return page_of(self.health_rows, query)

    async def newest_health(self) -> tuple[CameraHealth, ...]:
        self._check()
        return tuple({row.camera: row for row in self.health_rows}.values())

    async def append_audit(self, entry: AuditEntry) -> None:
        self._check()
        self.audit_rows.append(entry)

    async def add_register(self, version: RegisterVersion) -> None:
        self._check()
        self.registers.append(version)

    async def register_version(self, number: int | None = None) -> RegisterVersion | None:
        self._check()
        found = [each for each in self.registers if number in (None, each.number)]
        return found[-1] if found else None

    async def register_heads(self) -> tuple[RegisterVersion, ...]:
        self._check()
        return tuple(replace(each, text="") for each in self.registers)

    async def register_versions(self) -> tuple[RegisterVersion, ...]:
        self._check()
        return tuple(self.registers)

    async def add_case(self, case: Case) -> Case:
        self._check()
        self.case_rows.append(replace(case, number=len(self.case_rows) + 1))
        return self.case_rows[-1]

    async def cases(self, *, open_only: bool = False) -> tuple[Case, ...]:
        self._check()
        return tuple(case for case in self.case_rows if not open_only or case.answered_ns is None)

    async def case_of(self, reference_sha256: str) -> Case | None:
        self._check()
        return next((case for case in self.case_rows if case.reference_sha256 == reference_sha256), None)

    async def answer_case(self, number: int, answer: bytes, author: str) -> bool:
        self._check()
        for index, case in enumerate(self.case_rows):
            if case.number == number and case.answered_ns is None:
                self.case_rows[index] = replace(case, answer=answer, answered_ns=NOW_S * NS_PER_S)
                return True
        return False

    async def audit(self, query: EventQuery) -> Page[AuditEntry]:
        self._check()
        return page_of([row for row in self.audit_rows if query.start_ns <= row.time_ns < query.end_ns], query)

    async def retention_report(self) -> tuple[RetentionLine, ...]:
        self._check()
        runs = {run.kind: run for run in self.run_rows}
        return tuple(
            RetentionLine(kind, 35, NOW_S * NS_PER_S - 35 * DAY_S * NS_PER_S, self.oldest.get(kind), runs.get(kind))
            for kind in Kind
        )

    async def deletion_runs(self) -> tuple[DeletionRun, ...]:
        self._check()
        return tuple(self.run_rows)

    async def configuration(self, number: int | None = None) -> ConfigurationVersion | None:
        self._check()
        return self.newest_configuration


class FakeLive:
    """What a test says there is."""

    def __init__(self) -> None:
        self.change = 1
        self.reports: dict[str, CameraHealth] = {}
        self.open: dict[str, tuple[Observation, ...]] = {}
        self.place_events: list[PlaceEvent] = []
        self.pictures: dict[str, list[asyncio.Queue[Preview]]] = {}
        self.looks = 0
        self.profiles_by_hand = BY_CALENDAR
        self.confirmed: list[str] = []
        self.worker_away = False
        self.drafts: dict[str, DraftState] = {}

    def draft(self, camera: str) -> DraftState | None:
        return self.drafts.get(camera)

    def try_draft(self, camera: str, draft: Draft, now_ns: int) -> bool:
        if not self.worker_away:
            self.drafts[camera] = DraftState(draft, now_ns)
        return not self.worker_away

    def withdraw_draft(self, camera: str) -> None:
        self.drafts[camera] = replace(self.drafts[camera], ended="It was withdrawn.")

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        self.profiles_by_hand = by_hand

    def tell(self) -> None:
        self.change += 1

    async def changed(self, after: int, timeout_s: float) -> int:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self.change <= after and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        return self.change

    def health(self) -> tuple[CameraHealth, ...]:
        return tuple(self.reports[name] for name in sorted(self.reports))

    def isolations(self) -> dict[str, Isolation]:
        return {"square": Isolation(2, ("bubblewrap is not installed",))}

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        return self.open.get(camera, ())

    def events(self) -> tuple[PlaceEvent, ...]:
        return tuple(self.place_events)

    def previews(self, camera: str, *, tally: bool = False) -> AbstractAsyncContextManager[AsyncIterator[Preview]]:
        return self._previews(camera)

    @asynccontextmanager
    async def _previews(self, camera: str) -> AsyncIterator[AsyncIterator[Preview]]:
        newest: asyncio.Queue[Preview] = asyncio.Queue(1)
        self.pictures.setdefault(camera, []).append(newest)
        self.looks += 1
        try:
            yield _each(newest)
        finally:
            self.pictures[camera].remove(newest)

    def show(self, picture: Preview) -> None:
        """Gives the picture to whoever looks; one that was not taken yet is lost."""
        for newest in self.pictures.get(picture.camera, []):
            if newest.full():
                newest.get_nowait()
            newest.put_nowait(picture)

    async def confirm_view(self, camera: str) -> bool:
        self.confirmed.append(camera)
        return not self.worker_away


async def _each(newest: asyncio.Queue[Preview]) -> AsyncIterator[Preview]:
    while True:
        yield await newest.get()


def publication(store: Any, clock: Any = time.time_ns) -> Publication:
    """The register of a service that is not there, with a key that is always the same."""
    models = (ModelFacts("nanodet-g", "finds road users", "a" * 64),)
    return Publication(store, RegisterKey(Ed25519PrivateKey.from_private_bytes(b"r" * 32)), lambda _: models, clock)


class Service:
    """One application on fakes, and clients of it."""

    def __init__(
        self,
        store: Any = None,
        configurations: FakeConfigurations | None = None,
        identities: Identities | None = None,
        access: Access | None = None,
        hints: CommandHints | None = None,
    ) -> None:
        self.clock = Clock(NOW_S)
        self.store: Any = store or FakeStore()
        self.live = FakeLive()
        self.configurations = configurations or FakeConfigurations()
        # Apart from the store's own, so that a test finds only its own acts in `store.audit_rows`.
        self.place = Place("localhost", "http://localhost:8642")
        self.access = access or cheap_access(MemoryAccessStore(), self.clock, lambda: self.place)
        self.cookie = SessionCookie(KEY)
        self._session = ""
        self.replays: dict[str, EventReplay] = {}
        typed_store: Any = self.store
        self.register = publication(self.store, self.clock)
        self.app: FastAPI = create_app(
            typed_store,
            self.live,
            self.configurations,
            SiteDrawings(self.configurations),
            self.access,
            self.cookie,
            self.register,
            clock=self.clock,
            version="1.2.3",
            identities=identities,
            open_replay=lambda encrypted: self.replays.get(encrypted.event_id),
            hints=hints,
        )

    def session(self) -> str:
        """The cookie of the holder of the link, who has stated a purpose, as a browser sends it."""
        if not self._session:
            begun = finished(self.access.link.open(self.token(), Visitor("127.0.0.1")))
            assert begun is not None
            self._session = f"{self.cookie.name('http')}={begun.cookie}"
            why = self.app.state.hub.purposes.made(Purpose.MAINTENANCE, "a test")
            self.app.state.hub.purposes.hold(begun.session.session_id, why)
        return self._session

    def ticket(self, camera: str = "square") -> str:
        """A ticket for a live view by the holder of the link."""
        principal = finished(self.access.principal_of(cookie=self.session().partition("=")[2]))
        assert principal is not None
        return str(self.app.state.hub.tickets.new(principal, camera))

    def token(self) -> str:
        """The token of a new one-time link."""
        return finished(self.access.link.new())

    def link(self, port: int = 8642) -> str:
        """A new one-time link."""
        return f"http://127.0.0.1:{port}/open/{self.token()}"

    def client(self, *, known: bool = True, address: str = "127.0.0.1") -> httpx.AsyncClient:
        headers = {"Cookie": self.session()} if known else {}
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers)

    def browser(self, begun: NewSession) -> httpx.AsyncClient:
        """A browser in which a session has begun."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=f"http://{HOST}",
            headers={"Origin": f"http://{HOST}"},
            # Not as a header: httpx leaves the header away where it follows a redirect.
            cookies={self.cookie.name("http"): begun.cookie},
            follow_redirects=True,
        )

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async with self.client() as client:
            return await client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """One request in a loop of its own."""
        return asyncio.run(self.ask("GET", path, **options))

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request of any method in a loop of its own."""
        return asyncio.run(self.ask(method, path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.ask("POST", path, **options))

    def put(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.ask("PUT", path, **options))
