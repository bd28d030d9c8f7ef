"""The chart: a gap is a gap, a withheld number has no height of its own, and all lies within the picture."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.class_groups import ClassGroup
from passerby.register.catalogue import catalogue
from passerby.web.pages.open.chart import Bar, Tick, chart, key
from tests.unit.publish.published_numbers import LINE, published_bin

GAP, WAITING = -1, -2


def bars(*values: int | None, usual: float | None = None) -> list[Bar]:
    count = len(values)
    return [
        Bar(at / count, (at + 1) / count, published_bin(LINE, ClassGroup.ON_FOOT, 0, at, value), usual)
        for at, value in enumerate(values)
    ]


def looks(svg: str) -> list[str]:
    return re.findall(r'<(?:rect|path) class="([a-z ]+)"', svg)


def test_each_state_has_its_own_shape() -> None:
    drawn = chart(bars(40, None, GAP, GAP, WAITING), [], "Counts")
    assert looks(drawn) == ["lines", "gap", "count", "withheld", "interval"]
    assert "usual" in looks(chart(bars(40, usual=30.0), [], "Counts"))
    assert 'role="img" aria-label="Counts"' in drawn


def test_what_was_watched_in_part_looks_otherwise() -> None:
    (whole,) = bars(40)
    part = replace(whole, number=replace(whole.number, coverage=0.5))
    assert "count partly" in looks(chart([part], [], ""))


@given(st.lists(st.one_of(st.none(), st.integers(-2, 3_000_000)), max_size=40), st.none() | st.floats(0, 5e6))
def test_all_lies_within_the_picture(values: list[int | None], usual: float | None) -> None:
    drawn = chart(bars(*values, usual=usual), [Tick(0.0, "a"), Tick(0.9, "b")], "")
    for left, top, width, height in re.findall(
        r'x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"', drawn
    ):
        assert float(left) >= 0
        assert float(left) + float(width) <= 720
        assert float(top) >= 0
        assert float(top) + float(height) <= 300
    heights = re.findall(r"M[\d.]+ ([\d.-]+)[VH]", drawn)
    assert all(0 <= float(each) <= 300 for each in heights)


@pytest.mark.parametrize(("highest", "shown"), [(24, "30"), (3000, "3000"), (60_000, "60k")])
def test_lines_are_at_round_numbers(highest: int, shown: str) -> None:
    assert f">{shown}</text>" in chart(bars(highest), [], "")


def test_the_key_says_what_is_there_and_nothing_else() -> None:
    said = key(bars(40, None), catalogue("en"))
    assert "withheld, below 10" in said
    assert "not watched" not in said
    assert "usual" not in said
