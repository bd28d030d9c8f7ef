"""Delivery of events in tests: a site with recipients, outlets that answer as a test wants, and one step at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.notices import Notice, NoticeKind, WebhookPlan
from passerby.domain.place_events import PlaceEvent
from passerby.domain.recipients import Recipient
from passerby.domain.register import Wording
from passerby.domain.service import ServerPlan, SitePlan
from passerby.ports import Store
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.planner import Planner
from passerby.publish.sender import Sender
from passerby.publish.wording import SiteWords
from passerby.units import NS_PER_S
from testing.trial_service.site_register import registration_with_events
from testing.waiting import Clock
from testing.web.made import camera_plan

AWAY = DeliveryError("webhook at x.example: it answered with status 500", retry=True)
REFUSED = DeliveryError("webhook at x.example: it refuses the notice for good (status 410)", retry=False)


def recipient(name: str = "room", *cameras: str, **changes: Any) -> Recipient:
    plan = WebhookPlan("https://x.example/hook", "whsec_AAAA")
    return replace(Recipient(name, Wording({"": name}), plan, frozenset(cameras or ("square", "gate"))), **changes)


def site(*recipients: Recipient, **changes: Any) -> SitePlan:
    """Two cameras whose register allows events, each with a rule."""
    rule = EventRule("crowded", RuleKind.OVERCROWDING, "benches", 20, "1")
    allowed = registration_with_events()
    cameras = tuple(replace(camera_plan(name), rules=(rule,), registration=allowed) for name in ("square", "gate"))
    made = SitePlan("Trg", "Europe/Belgrade", cameras, server=ServerPlan(public_url="https://count.example.org"))
    return replace(made, recipients=recipients, **changes)


class MemoryOutlet:
    """An outlet that keeps what it is given, and answers as a test sets it: with None, or with an error."""

    def __init__(self) -> None:
        self.answers: list[Exception | None] = [None]
        self.taken: list[Notice] = []
        self.attempts: list[Notice] = []

    async def deliver(self, notice: Notice) -> None:
        self.attempts.append(notice)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer
        self.taken.append(notice)

    async def close(self) -> None:
        """Nothing is open."""


class Street:
    """One site, its store, and one recipient's outlet; time passes when a test says so."""

    def __init__(self, store: Store, clock: Clock, *recipients: Recipient) -> None:
        self.store, self.clock, self.plan = store, clock, site(*(recipients or (recipient(),)))
        self.outlet = MemoryOutlet()
        self.restart()

    def restart(self) -> None:
        """Goes on as another process does: with what is in the store alone."""
        self.planner = Planner(self.store, lambda: self.plan, self.clock)
        self.sender = Sender(self.plan.recipients[0], self.outlet, self.store, self.clock)

    async def happens(self, *events: PlaceEvent) -> None:
        await self.store.store_events(events)

    async def passes(self, seconds: float) -> list[tuple[NoticeKind, Sequence[str]]]:
        """Looks now and after that time, and delivers all that is due; returns what was taken, by camera and rule."""
        before = len(self.outlet.taken)
        await self.planner.look()
        self.clock.now_s += seconds  # type: ignore[assignment]
        await self.planner.look()
        for _ in range(100):
            if await self.sender.deliver_due(SiteWords.of(self.plan)) > 0:
                break
        return [(each.kind, [one.rule for one in each.events]) for each in self.outlet.taken[before:]]

    @property
    def now_ns(self) -> int:
        return round(self.clock.now_s * NS_PER_S)
