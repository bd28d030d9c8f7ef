"""Values are written as YAML reads them."""

import pytest

from passerby.config.document import parse
from passerby.config.texts.yaml_text import block_lines, flow_text


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "1.5",
        "a: b",
        "# x",
        "ö st",
        "",
        " a",
        'a\\b"c',
        "*x",
        "-",
        "1 a",
        "null",
        "\u2028",
        0.00001,
        5,
        True,
        None,
        1e-9,
    ],
)
def test_a_value_is_read_as_it_was(value: object) -> None:
    after = parse(f"key: {flow_text(value)}\n").value
    assert after == {"key": value}
    assert parse("\n".join(block_lines({"a": {"b": {"c": value}}}, 0))).value == {"a": {"b": {"c": value}}}


def test_what_is_too_long_for_a_line_becomes_a_block() -> None:
    zone = {
        "points": tuple((round(0.01 * step, 2), 0.5) for step in range(9)),
        "count": ("pedestrian",),
        "margin": 0.05,
    }
    assert block_lines({"z": zone}, 2)[0] == "  z:"
    assert [line.split(":")[0] for line in block_lines({"z": zone}, 2)] == [
        "  z",
        "    points",
        "    count",
        "    margin",
    ]
