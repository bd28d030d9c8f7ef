"""What is worked out of the routes once a process."""

from collections.abc import Iterator

import fastapi.routing
import pytest

from passerby.web.app import described_app, work_out_routes
from passerby.web.permissions import PublicRoutes


@pytest.fixture
def nothing_more(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """FastAPI works out no route from here on."""
    work_out_routes()

    def refused(*_arguments: object, **_keywords: object) -> None:
        raise AssertionError("a route is worked out again")

    with monkeypatch.context() as held:
        held.setattr(fastapi.routing, "_populate_api_route_state", refused)
        yield


@pytest.mark.usefixtures("nothing_more")
def test_routes_are_worked_out_before_a_hub_takes_over() -> None:
    public = PublicRoutes(described_app("1.2.3", "session"))
    assert public({"type": "http", "method": "GET", "path": "/healthz"})
    assert not public({"type": "http", "method": "GET", "path": "/api/v1/cameras"})
