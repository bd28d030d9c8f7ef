"""What is said of open data beside the numbers."""

from datetime import date

from passerby.publish.open_data.description import LICENCES
from tests.unit.publish.published_numbers import DESCRIPTION


def test_a_citation_names_publisher_day_licence_and_the_noise() -> None:
    assert DESCRIPTION.citation(date(2026, 12, 1)) == (
        "City of Novi Sad (2026): Counts of Novi Sad. https://count.example.org/open/, taken on 2026-12-01. Creative "
        "Commons Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/). Random noise was added to each number "
        "before it was published."
    )


def test_licences_are_found_by_their_spdx_identifier() -> None:
    assert all(name == licence.identifier for name, licence in LICENCES.items())
    assert not any("NC" in name or "ND" in name for name in LICENCES)
