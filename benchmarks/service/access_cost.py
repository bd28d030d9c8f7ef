"""`python -m benchmarks.service.access_cost`: what finding out who asks, and whether they may, costs a request.

The same application on a real SQLite store, asked in turns with the session looked up and with a principal that is
known beforehand. Exit code 1 where the 95th percentiles differ by `MAX_MS` or more.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import numpy as np

from passerby.access import Access, Place, Visitor
from passerby.domain.access import Principal
from passerby.domain.access_plan import AccessPlan
from passerby.drawing.site_drawings import SiteDrawings
from passerby.store import open_store
from passerby.web.app import create_app
from passerby.web.edge.identities import AccessIdentities, Credentials, SessionCookie
from testing.access.people import KEY
from testing.web.fakes import HOST, FakeConfigurations, FakeLive, publication

ROUNDS = 1500
MAX_MS = 3.0


class Known:
    """A principal that is found without a look."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal

    async def principal(self, credentials: Credentials) -> Principal | None:  # noqa: ARG002 - the protocol's
        """Returns it."""
        return self._principal


async def measured(folder: Path) -> tuple[float, float]:
    """The 95th percentiles, in ms, without and with the look."""
    store = await open_store(f"sqlite:///{folder / 'passerby.db'}", zone=ZoneInfo("UTC"))
    access = Access(store.access, KEY, AccessPlan, lambda: Place("localhost", ""), lambda: "Market square")
    begun = await access.link.open(await access.link.new(), Visitor("127.0.0.1"))
    assert begun is not None
    principal = await access.principal_of(cookie=begun.cookie)
    assert principal is not None
    cookie = SessionCookie(KEY)
    headers = {"Cookie": f"{cookie.name('http')}={begun.cookie}"}
    taken: dict[str, list[float]] = {"without": [], "with": []}
    clients = {
        name: httpx.AsyncClient(
            transport=httpx.ASGITransport(
                create_app(
                    store,
                    FakeLive(),
                    configurations := FakeConfigurations(),
                    SiteDrawings(configurations),
                    access,
                    cookie,
                    publication(store),
                    identities=identities,
                )
            ),
            base_url=f"http://{HOST}",
            headers=headers,
        )
        for name, identities in (("without", Known(principal)), ("with", AccessIdentities(access)))
    }
    for turn in range(ROUNDS):
        for name in ("without", "with") if turn % 2 else ("with", "without"):
            begin_s = time.perf_counter()
            answer = await clients[name].get("/api/v1/cameras")
            taken[name].append((time.perf_counter() - begin_s) * 1000)
            assert answer.status_code == 200
    for client in clients.values():
        await client.aclose()
    await store.close()
    without, looked_up = (float(np.percentile(taken[name][100:], 95)) for name in ("without", "with"))
    return without, looked_up


def main() -> int:
    """Prints the two percentiles."""
    with tempfile.TemporaryDirectory() as folder:
        without, looked_up = asyncio.run(measured(Path(folder)))
    more = looked_up - without
    print(f"p95 of {ROUNDS} requests each: {without:.2f} ms without, {looked_up:.2f} ms with, +{more:.2f} ms")
    return 0 if more < MAX_MS else 1


if __name__ == "__main__":
    sys.exit(main())
