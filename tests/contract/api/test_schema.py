"""Schemathesis asks everything that the description allows, and what it forbids: no 5xx, nothing but what is told."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode, checks

from testing.web.serving import api_description
from tests.contract.api.served_store import Served, service_on_sqlite

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

EXAMPLES = 25


def description() -> dict[str, Any]:
    """The API's own, without the session: every request here has one, and tests/unit/web/test_gate.py takes it away."""
    api = api_description()
    return {**api, "components": {"schemas": api["components"]["schemas"]}, "security": []}


# Live values never end; tests/unit/web/test_live.py listens to them. Once there is an account, the link that opens all
# of this opens nothing any more; tests/unit/web/routes/governance/test_people.py adds accounts.
API = schemathesis.openapi.from_dict(description()).exclude(path=["/api/v1/live", "/api/v1/accounts"])
FOUND: list[Any] = list(API.get_all_operations())
OPERATIONS = {found.ok().label: found.ok() for found in FOUND}
ANY_WORD = {"GET /open/{token}", "GET /.well-known/passerby/tile/{file}", "GET /api/v1/map"}
"""Any word may be tried as a link's token, as a tile's place, or as a range of bytes."""
ASKED_WRONGLY = sorted(
    label
    for label, operation in OPERATIONS.items()
    # Where nothing is to be said, nothing can be said wrongly.
    if (list(operation.iter_parameters()) or operation.body) and label not in ANY_WORD
)

ONLY_THE_SERVICE_KNOWS = [checks.CHECKS.get_one("positive_data_acceptance")]
"""That `end` lies after `start`, that a cursor is of an earlier page, that a text is a site file: no schema says so."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with service_on_sqlite(tmp_path_factory.mktemp("api")) as one:
        yield one


def ask(label: str, mode: GenerationMode, service: Served) -> int:
    """Asks in many ways; returns in how many."""
    asked = 0

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(
            base_url=service.base_url,
            headers={"Cookie": service.cookie},
            timeout=30,
            excluded_checks=ONLY_THE_SERVICE_KNOWS,
        )

    each()
    return asked


@pytest.mark.parametrize("label", sorted(OPERATIONS))
@pytest.mark.asvs("4.1.1")
def test_what_the_description_allows(label: str, service: Served) -> None:
    assert ask(label, GenerationMode.POSITIVE, service) > 0


@pytest.mark.parametrize("label", ASKED_WRONGLY)
@pytest.mark.asvs("1.1.1", "1.5.2", "2.2.1", "2.2.2", "15.3.3")
def test_what_the_description_forbids(label: str, service: Served) -> None:
    assert ask(label, GenerationMode.NEGATIVE, service) > 0


def test_nothing_is_left_out() -> None:
    assert len(OPERATIONS) >= 20
    assert len(ASKED_WRONGLY) >= 10
