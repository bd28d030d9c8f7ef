import io
import json

import pytest
from rich.console import Console

from benchmarks.figures import Chapter, Figure, document_of, table_of


@pytest.mark.parametrize(
    ("ours", "must", "passed"),
    [(0.04, 0.04, True), (0.041, 0.04, False), (None, 0.04, False), (0.5, None, None), (None, None, None)],
)
def test_a_bar_is_reached_up_to_itself_and_never_without_a_number(
    ours: float | None, must: float | None, passed: bool | None
) -> None:
    assert Figure("PETS", "WAPE", ours=ours, must=must).passed is passed


def test_the_table_shows_both_systems_the_bar_and_whether_it_is_reached() -> None:
    chapter = Chapter("counts", "Line crossings", (Figure("PETS", "WAPE", 0.0512, 0.074, 0.04),), ("A remark.",))
    said = io.StringIO()
    Console(file=said, width=160, color_system=None).print(table_of(chapter))
    row = next(line for line in said.getvalue().splitlines() if "PETS" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "PETS",
        "WAPE",
        "0.051",
        "0.074",
        "≤ 0.040",
        "no",
        "",
    ]
    assert "A remark." in said.getvalue()


def test_the_document_is_json_and_says_what_failed() -> None:
    chapter = Chapter("cpu", "CPU", (Figure("PETS", "share", 0.5, 1.0, 0.33), Figure("PETS", "start", 1.0)))
    document = json.loads(json.dumps(document_of([chapter]), allow_nan=False))
    assert [figure["passed"] for figure in document["cpu"]["figures"]] == [False, None]
    assert chapter.failed == chapter.figures[:1]
