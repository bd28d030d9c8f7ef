"""InfluxDB's line protocol."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import Audience
from passerby.publish.open_data.channels import Channel
from passerby.publish.standards.influx_lines import influx_lines
from tests.unit.publish.published_numbers import LINE, published_bin


def line(value: int | None, place: str = "north") -> str:
    counter = replace(LINE, place=place)
    return influx_lines([
        (Channel(counter, ClassGroup.ON_FOOT, counter.ways[0]), published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, value))
    ], Audience.PUBLIC, "CC-BY-4.0")  # fmt: skip


def test_a_number_is_one_line_at_the_beginning_of_its_bin() -> None:
    assert line(42) == (
        "passerby_count,channel=square-north-a1b2c3-on-foot-forward,site=square,place=north,class_group=on\\ foot,"
        'way=forward,audience=public status="published",licence="CC-BY-4.0",threshold=10i,count=42i,low=36,high=48,'
        "coverage=0.98 1793491200000000000\n"
    )


def test_what_is_withheld_has_no_count_and_what_waits_no_line() -> None:
    assert "count=" not in line(None).partition(" status=")[2]
    assert 'status="below threshold"' in line(None)
    assert line(-2) == ""


@pytest.mark.parametrize(
    ("place", "written"), [("a,b=c d", "a\\,b\\=c\\ d"), ("two\nlines", "two\\ lines"), ("back\\", "back\\\\ ")]
)
def test_signs_of_the_protocol_are_escaped(place: str, written: str) -> None:
    assert f"place={written}" in line(42, place)


@given(st.text(min_size=1, max_size=20))
def test_any_name_leaves_one_line(place: str) -> None:
    written = line(42, place)
    assert written.count("\n") == 1
    assert written.endswith(" 1793491200000000000\n")
