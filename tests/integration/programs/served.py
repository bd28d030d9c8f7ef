"""A service on a real store, behind a real server, and the tokens that programs come with."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.domain.access import Permission, Principal, Purpose, Role
from passerby.domain.observations import Observation
from passerby.store import open_store
from passerby.units import DAY_S, NS_PER_S
from testing.access.people import People
from testing.waiting import Clock
from testing.web.fakes import NOW_S, Service
from testing.web.serving import served

CASE = "dashboard of the traffic office"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the service is, and who comes.

    Attributes:
        service: what is served.
        address: where.
        people: whose accounts there are.
    """

    service: Service
    address: str
    people: People

    async def token(self, role: Role, *scopes: Permission) -> str:
        """A token of a new account with this role; with these scopes."""
        made = await self.people.access.tokens.create(
            await self._account(role), account=role.value, label="a program", scopes=scopes, groups=["*"],
            end_ns=self.people.clock() + 30 * DAY_S * NS_PER_S, purpose=Purpose.TRAFFIC_PLANNING, case=CASE,
        )  # fmt: skip
        return made.text

    async def _account(self, role: Role) -> Principal:
        return await self.people.principal(await self.people.add(role.value, role))


@asynccontextmanager
async def service_for_programs(folder: Path, rows: Sequence[Observation] = ()) -> AsyncIterator[Programs]:
    """Serves these rows from SQLite while the block lasts."""
    clock = Clock(NOW_S)
    store = await open_store(f"sqlite:///{folder / 'passerby.db'}", zone=ZoneInfo("Europe/Berlin"), clock=clock)
    await store.store_observations(list(rows))
    store.audit_log.use_key(b"a" * 32)
    people = People(clock=clock)
    service = Service(store, access=people.access)
    try:
        async with served(service.app) as port:
            yield Programs(service, f"http://127.0.0.1:{port}", people)
    finally:
        await store.close()


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code of a page that are in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
