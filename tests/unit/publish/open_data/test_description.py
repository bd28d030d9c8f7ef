"""What is said of open data beside the numbers."""

from dataclasses import replace
from datetime import date

from passerby.domain.published import Audience
from passerby.publish.open_data.description import described
from testing.trial_service.publishing import PUBLISH, made_plan
from tests.unit.publish.published_numbers import DESCRIPTION


def test_a_citation_names_publisher_day_licence_and_the_noise() -> None:
    assert DESCRIPTION.citation(date(2026, 12, 1)) == (
        "City of Novi Sad (2026): Counts of Novi Sad. https://count.example.org/open/, taken on 2026-12-01. CC-BY-4.0 "
        "(https://creativecommons.org/licenses/by/4.0/). Random noise was added to each number "
        "before it was published."
    )


def test_a_site_is_described_by_its_own_file() -> None:
    plan = made_plan()
    made = described(plan)
    assert made is not None
    assert (made.title, made.publisher.name, made.publisher.email) == (
        "Counts of the square", "City of Trg", "counts@example.org",
    )  # fmt: skip
    assert made.licence.url == "https://creativecommons.org/licenses/by/4.0/"
    assert (made.country, made.language, made.origin) == ("SRB", "en", plan.server.origin)
    assert made.sites == {}  # its camera is in no register


def test_without_the_public_nothing_is_described() -> None:
    assert described(made_plan(publish=None)) is None
    partner = replace(PUBLISH, audiences={Audience.PARTNER: "The university"})
    assert described(made_plan(publish=partner)) is None
    page = replace(PUBLISH, contact="https://example.org/data")
    made = described(made_plan(publish=page))
    assert made is not None
    assert (made.publisher.email, made.publisher.page) == ("", "https://example.org/data")
