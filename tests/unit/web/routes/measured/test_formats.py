"""Which form an Accept header asks for."""

import pytest

from passerby.web.routes.measured.formats import CSV, PARQUET, best_format


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", CSV),
        ("text/*", CSV),
        (PARQUET, PARQUET),
        ("application/*;q=0.5, text/csv;q=0.4", "application/json"),
        ("application/json;q=0, */*", CSV),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("text/csv;q=x", None),
        (";;,,", None),
    ],
)
@pytest.mark.asvs("5.4.1", "5.4.2")
def test_format_that_is_asked_for(accept: str, kind: str | None) -> None:
    assert best_format(accept) == kind
