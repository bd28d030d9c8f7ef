"""Accounts, log-ins and grants for tests: an `Access` on a store in memory, and a clock that stands until it is set."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pyotp

from passerby.access import Access, NewSession, Place, Visitor
from passerby.access.credentials.passwords import Hasher
from passerby.domain.access import EVERY_CAMERA, Grant, Principal, Role
from passerby.domain.access_plan import AccessPlan
from passerby.domain.audit import AuditEntry
from passerby.ports import AccessStore
from passerby.units import DAY_S, NS_PER_S
from testing.access.memory_store import MemoryAccessStore
from testing.waiting import Clock

Answer = TypeVar("Answer")

KEY = b"k" * 32
PASSWORD = "violet kettle under seven bridges"
DESK = Visitor("10.0.0.7", "Firefox on Linux")
ELSEWHERE = Visitor("203.0.113.9", "curl")


def cheap_access(
    store: AccessStore,
    clock: Callable[[], int],
    place: Callable[[], Place],
    plan: Callable[[], AccessPlan] = AccessPlan,
    key: bytes = KEY,
) -> Access:
    """An `Access` with cheap hashes.

    Args:
        store: where accounts are kept.
        clock: UTC nanoseconds now.
        place, plan: where the service is reached, and what the site file says of access.
        key: what secrets are encrypted with.
    """
    hasher = Hasher(memory_kib=64, time_cost=1)
    return Access(store, key, plan, place, lambda: "Market square", clock=clock, hasher=hasher)


class People:
    """A site's people.

    Args:
        store: where they are kept; in memory by default.
        clock: UTC nanoseconds now.
    """

    def __init__(self, store: AccessStore | None = None, clock: Clock | None = None) -> None:
        self.memory = MemoryAccessStore()
        self.store: AccessStore = store or self.memory
        self.clock = clock or Clock()
        self.plan = AccessPlan()
        self.place = Place("localhost", "http://localhost:8642")
        self.access = cheap_access(self.store, self.clock, lambda: self.place, lambda: self.plan)
        self.code_secrets: dict[str, str] = {}
        self.recovery: dict[str, tuple[str, ...]] = {}

    @property
    def entries(self) -> list[AuditEntry]:
        """The audit log, of a store in memory."""
        return self.memory.entries

    def code(self, name: str) -> str:
        """The code that the person's telephone shows now; each works once."""
        return pyotp.TOTP(self.code_secrets[name]).at(self.clock.now_s)

    def wait(self, seconds: int) -> None:
        self.clock.now_s += seconds

    async def add(self, name: str, *roles: Role, group: str = EVERY_CAMERA) -> NewSession:
        """Adds an account with confirmed roles and returns its first session; 30 s pass, and a new code is shown."""
        account = await self.access.accounts.make(name, "test")
        for role in roles:
            await self.grant(account.name, role, group=group)
        return await self.enrol(account.name)

    async def enrol(self, name: str, invitation: str | None = None) -> NewSession:
        """Sets password and codes of an account by an invitation, and returns the session."""
        secret = invitation or await self.access.enrolment._invitations.new(name, "test")
        set_up = await self.access.enrolment.begin_password(secret)
        self.code_secrets[name] = set_up.secret
        code = self.code(name)
        done = await self.access.enrolment.finish_password(secret, set_up.set_up_id, PASSWORD, code, DESK)
        self.recovery[name] = done.recovery_codes
        self.wait(30)
        assert done.session is not None
        return done.session

    async def grant(self, name: str, role: Role, **changes: Any) -> Grant:
        """Stores a grant that holds, whatever the rules are; `changes` make it another."""
        now_ns = self.clock()
        grant = Grant(0, name, role, EVERY_CAMERA, now_ns, now_ns + 30 * DAY_S * NS_PER_S, "a test", "another test")
        entry = AuditEntry(now_ns, "test", "grant.confirmed", name)
        return await self.store.propose_grant(replace(grant, **changes), entry)

    async def log_in(self, name: str, visitor: Visitor = DESK, **wrong: str) -> NewSession:
        """Logs in with the right password and code, or with what `wrong` has instead; 30 s pass after it."""
        given = {"typed": name, "password": PASSWORD, "code": self.code(name), **wrong}
        session = await self.access.passwords.log_in(given["typed"], given["password"], given["code"], visitor)
        self.wait(30)
        return session

    async def principal(self, session: NewSession) -> Principal:
        """Whose session it is."""
        found = await self.access.principal_of(cookie=session.cookie)
        assert found is not None
        return found

    def run(self, asked: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run(asked)
